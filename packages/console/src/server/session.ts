import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Who may ask: the one who got the link, once, for as long as this process runs. */
export class Session {
  #linkToken: string | undefined = token();
  readonly #sessionToken = token();

  /** The link that opens the page. Its token is in the fragment, which a browser never sends. */
  linkAt(origin: string): string {
    return `${origin}/console/#${this.#linkToken ?? ''}`;
  }

  /** @returns A session's token, for a link's, which is used up by that. Undefined for any other. */
  exchange(given: string): string | undefined {
    if (this.#linkToken === undefined || !isSame(given, this.#linkToken)) return undefined;
    this.#linkToken = undefined;
    return this.#sessionToken;
  }

  isOpenedBy(given: string): boolean {
    return isSame(given, this.#sessionToken);
  }
}

function token(): string {
  return randomBytes(32).toString('base64url');
}

/** Takes as long for any other text, whatever it begins with. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
