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
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import type { AuthorizerConfig } from './config.ts';
import type { SigningKeys } from './signing-keys.ts';
import { TokenError, type TokenFault } from './token-error.ts';

/**
 * Returns what a token claims.
 *
 * @throws {TokenError} If it is not valid.
 * @throws {IssuerError} If the issuer's keys cannot be had: nobody knows whether it is valid.
 */
export type TokenVerifier = (token: string) => Promise<JwtPayload>;

/** How long the issuer's keys are believed: one that it withdraws signs for that long at most. */
const keysBelievedForMs = 60_000;

/** A token may name a key that the issuer has just made. Nobody can make us ask for it more often than this. */
const unknownKeyPauseMs = 10_000;

/** Seconds that the issuer's clock may be off. */
const graceSeconds = 5;

export function createTokenVerifier(config: AuthorizerConfig, signingKeys: SigningKeys): TokenVerifier {
  return async (token) => {
    const known = verify(token, await signingKeys(keysBelievedForMs), config);
    const outcome =
      known === 'unknown_key' ? verify(token, await signingKeys(unknownKeyPauseMs), config) : known;
    if (typeof outcome === 'string') throw new TokenError(outcome);
    return outcome;
  };
}

function verify(token: string, keys: Jwks, config: AuthorizerConfig): JwtPayload | TokenFault {
  const { issuers, audience, tokenUse } = config;
  try {
    const payload = verifyJwtSync(token, keys, {
      issuer: issuers,
      // Access tokens of Cognito have no audience.
      audience: tokenUse === undefined ? audience : null,
      graceSeconds,
    });
    if (tokenUse !== undefined) validateCognitoJwtFields(payload, { tokenUse, clientId: audience });
    // The library takes a token without an end for one that never ends.
    return payload.exp === undefined ? 'expired' : payload;
  } catch (error) {
    // The keys are the issuer's and all else is the caller's, so whatever else goes wrong is the token's fault.
    return faults.find(([kind]) => error instanceof kind)?.[1] ?? 'malformed';
  }
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
