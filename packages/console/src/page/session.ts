const kept = 'console-session';

/**
 * Opens the session: with the token of the link, which works once and leaves the address at once; or with the session that
 * this tab has already.
 *
 * @param exchange Gets the session's token for that of the link. Undefined: it was used before.
 * @returns The session's token. Undefined: there is none.
 */
export async function openSession(
  exchange: (linkToken: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const linkToken = tokenIn(location.hash);
  if (linkToken === undefined) return sessionStorage.getItem(kept) ?? undefined;
  history.replaceState(null, '', '#/overview');
  const token = await exchange(linkToken);
  if (token === undefined) sessionStorage.removeItem(kept);
  else sessionStorage.setItem(kept, token);
  return token;
}

/** A link's token, as against a path of the page, which begins with a slash. */
export function tokenIn(fragment: string): string | undefined {
  return /^#([\w-]{20,})$/.exec(fragment)?.[1];
}
