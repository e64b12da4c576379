import { assertIsJwks, type Jwks } from 'aws-jwt-verify/jwk';
import { isJsonObject } from 'aws-jwt-verify/safe-json-parse';
import type { AuthorizerConfig } from './config.ts';
import type { FetchJson } from './fetch-json.ts';

/**
 * Milliseconds between two times that a caller can make us ask the issuer: for a key that it may have just made, or after
 * it failed.
 */
export const issuerPauseMs = 10_000;

/**
 * The issuer's public keys, fetched again where those that are known are older than this many milliseconds.
 *
 * @throws {IssuerError} Where the issuer fails, or has failed within {@link issuerPauseMs}.
 */
export type SigningKeys = (oldestMs: number) => Promise<Jwks>;

/** The issuer cannot be asked for its keys, or answers with something else. */
export class IssuerError extends Error {
  override readonly name = 'IssuerError';
}

export interface SigningKeysOptions {
  readonly config: Pick<AuthorizerConfig, 'issuers' | 'jwksUri'>;
  readonly fetchJson: FetchJson;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Keeps the issuer's keys between requests, and its failures; requests that come together fetch once. */
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
      const error = new IssuerError(`The issuer's signing keys cannot be had: ${reason}`, { cause });
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

/** Where the keys are, by https://openid.net/specs/openid-connect-discovery-1_0.html */
async function locate({ config, fetchJson }: SigningKeysOptions): Promise<URL> {
  if (config.jwksUri !== undefined) return new URL(config.jwksUri);
  const [issuer = ''] = config.issuers;
  const document = await fetchJson(new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  const { issuer: named, jwks_uri: jwksUri } = isJsonObject(document) ? document : {};
  if (named !== issuer || typeof jwksUri !== 'string') {
    throw new Error("the issuer's discovery document is not its own; set jwksUri");
  }
  return new URL(jwksUri);
}
