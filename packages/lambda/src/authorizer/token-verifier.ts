import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import {
  CognitoJwtInvalidClientIdError,
  CognitoJwtInvalidTokenUseError,
  JwtExpiredError,
  JwtInvalidAudienceError,
  JwtInvalidIssuerError,
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  KidNotFoundInJwksError,
} from 'aws-jwt-verify/error';
import type { Jwks } from 'aws-jwt-verify/jwk';
import { decomposeUnverifiedJwt, validateJwtFields } from 'aws-jwt-verify/jwt';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { supportedSignatureAlgorithms, verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import type { AuthorizerConfig } from './config.ts';
import { issuerPauseMs, type SigningKeys } from './signing-keys.ts';
import { TokenError, type TokenFault } from './token-error.ts';

/**
 * Returns a token's claims.
 *
 * @throws {TokenError} If it is not valid.
 * @throws {IssuerError} If the issuer's keys cannot be fetched, and so the token cannot be checked.
 */
export type TokenVerifier = (token: string) => Promise<JwtPayload>;

/** How long the issuer's keys are trusted: a withdrawn key is accepted for at most that long. */
const keysBelievedForMs = 60_000;

/** Seconds that the issuer's clock may be off. */
const graceSeconds = 5;

export function createTokenVerifier(config: AuthorizerConfig, signingKeys: SigningKeys): TokenVerifier {
  return async (token) => {
    // Before the signature, so that a token that is refused anyway causes no request to the issuer.
    const fault = faultOfContent(token, config);
    if (fault) throw new TokenError(fault);
    const known = verifySignature(token, await signingKeys(keysBelievedForMs));
    // A token may name a key that the issuer has just made.
    const outcome =
      known === 'unknown_key' ? verifySignature(token, await signingKeys(issuerPauseMs)) : known;
    if (typeof outcome === 'string') throw new TokenError(outcome);
    return outcome;
  };
}

/** The first fault in a token's content, whatever its signature. */
function faultOfContent(
  token: string,
  { issuers, audience, tokenUse }: AuthorizerConfig,
): TokenFault | undefined {
  try {
    const { header, payload } = decomposeUnverifiedJwt(token);
    if (!supportedSignatureAlgorithms.some((known) => known === header.alg)) return 'wrong_algorithm';
    if (!header.kid) return 'unknown_key';
    // By https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11; the library ignores it.
    if (Object.hasOwn(header, 'crit')) return 'unknown_extension';
    validateJwtFields(payload, {
      issuer: issuers,
      // Access tokens of Cognito have no audience.
      audience: tokenUse === undefined ? audience : null,
      graceSeconds,
    });
    if (tokenUse !== undefined) validateCognitoJwtFields(payload, { tokenUse, clientId: audience });
    // The library accepts a token without an end as one that never expires.
    return payload.exp === undefined ? 'expired' : undefined;
  } catch (error) {
    return faultOf(error);
  }
}

/** A token's claims, if one of the keys signed it. Its content is checked already. */
function verifySignature(token: string, keys: Jwks): JwtPayload | TokenFault {
  try {
    return verifyJwtSync(token, keys, { issuer: null, audience: null, graceSeconds });
  } catch (error) {
    return faultOf(error);
  }
}

/** The keys are the issuer's and the rest is the caller's, so any error is the token's fault. */
function faultOf(error: unknown): TokenFault {
  return faults.find(([kind]) => error instanceof kind)?.[1] ?? 'malformed';
}

const faults = [
  [JwtExpiredError, 'expired'],
  [JwtNotBeforeError, 'not_yet_valid'],
  [JwtInvalidIssuerError, 'wrong_issuer'],
  [JwtInvalidAudienceError, 'wrong_audience'],
  [CognitoJwtInvalidClientIdError, 'wrong_audience'],
  [CognitoJwtInvalidTokenUseError, 'wrong_token_use'],
  [JwtInvalidSignatureAlgorithmError, 'wrong_algorithm'],
  [JwtInvalidSignatureError, 'bad_signature'],
  [KidNotFoundInJwksError, 'unknown_key'],
] as const satisfies readonly (readonly [unknown, TokenFault])[];
