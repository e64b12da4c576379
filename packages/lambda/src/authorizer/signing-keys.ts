import { assertIsJwks, type Jwks } from 'aws-jwt-verify/jwk';
import { isJsonObject } from 'aws-jwt-verify/safe-json-parse';
import type { AuthorizerConfig } from './config.ts';
import type { FetchJson } from './fetch-json.ts';

/**
 * Milliseconds between two requests to the issuer that callers can cause: for a key that may be new, or after a
 * failure.
 */
export const issuerPauseMs = 10_000;

/**
 * The issuer's public keys, fetched again if the known ones are older than this many milliseconds.
 *
 * @throws {IssuerError} If the issuer fails, or has failed within {@link issuerPauseMs}.
 */
export type SigningKeys = (oldestMs: number) => Promise<Jwks>;

/** The issuer cannot be reached, or does not answer with its keys. */
export class IssuerError extends Error {
  override readonly name = 'IssuerError';
}

export interface SigningKeysOptions {
  readonly config: Pick<AuthorizerConfig, 'issuers' | 'jwksUri'>;
  readonly fetchJson: FetchJson;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Keeps the issuer's keys and failures between requests. Simultaneous requests fetch once. */
export function createSigningKeys(options: SigningKeysOptions): SigningKeys {
  const { now } = options;
  let known: { readonly keys: Jwks; readonly fetchedAt: number } | undefined;
  let failed: { readonly error: IssuerError; readonly at: number } | undefined;
  let fetching: Promise<Jwks> | undefined;

  const fetchKeys = async (): Promise<Jwks> => {
    const fetchedAt = now();
    try {
      const keys = await options.fetchJson(await locate(options));
      assertIsJwks(keys);
      known = { keys, fetchedAt };
      return keys;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const error = new IssuerError(`The issuer's signing keys cannot be fetched: ${reason}`, { cause });
      failed = { error, at: now() };
      throw error;
    } finally {
      fetching = undefined;
    }
  };

  return async (oldestMs) => {
    if (known && now() - known.fetchedAt < oldestMs) return known.keys;
    if (failed && now() - failed.at < issuerPauseMs) throw failed.error;
    fetching ??= fetchKeys();
    return fetching;
  };
}

/** The keys' URL, by https://openid.net/specs/openid-connect-discovery-1_0.html */
async function locate({ config, fetchJson }: SigningKeysOptions): Promise<URL> {
  if (config.jwksUri !== undefined) return new URL(config.jwksUri);
  const [issuer = ''] = config.issuers;
  const document = await fetchJson(new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  const { issuer: named, jwks_uri: jwksUri } = isJsonObject(document) ? document : {};
  if (named !== issuer || typeof jwksUri !== 'string') {
    throw new Error("the issuer's discovery document names another issuer or no keys; set jwksUri");
  }
  return new URL(jwksUri);
}
