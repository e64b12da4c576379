import * as z from 'zod/mini';
import { configFile } from '../config-file.ts';

/** Names of the environment variables that the authorizer reads. */
export const authorizerVariables = {
  /** A {@link SignInEnvironment} as JSON. */
  signIn: 'PROXY_SIGN_IN',
  /** Name of the DynamoDB table with the teams' keys. */
  table: 'PROXY_TABLE',
  /** URL of the signing keys to use in place of the issuer's. `http:` is allowed on loopback only. */
  jwksUrl: 'PROXY_SIGN_IN_JWKS_URL',
} as const;

/**
 * The authorizer's settings for sign-in tokens. The stack writes them with this schema, and the authorizer reads them
 * with it. Lambda allows 4 KB of environment in all.
 */
export interface SignInEnvironment {
  /** The accepted values of `iss`. The first issuer is asked for its keys' URL, unless `jwksUri` is set. */
  issuers: string[];
  /** The accepted values of `aud`. A Cognito access token has no `aud`: its `client_id` counts. */
  audience: string[];
  jwksUri?: string | undefined;
  /** Which of a Cognito user pool's two kinds of tokens. Left out: the issuer is not a user pool. */
  tokenUse?: 'access' | 'id' | undefined;
  /** Claim that names the team. */
  claim: string;
  /** Teams by claim value, or the file beside the code that has them. Left out: the value is the team. */
  teams?: Record<string, string> | typeof configFile | undefined;
}

/** Teams by claim value: the content of the authorizer's config file. */
export const TeamsByClaim = z.record(z.string(), z.string());

export const SignInEnvironment = z.strictObject({
  issuers: z.array(z.string()).check(z.minLength(1)),
  audience: z.array(z.string()).check(z.minLength(1)),
  jwksUri: z.optional(z.string()),
  tokenUse: z.optional(z.enum(['access', 'id'])),
  claim: z.string(),
  teams: z.optional(z.union([TeamsByClaim, z.literal(configFile)])),
}) satisfies z.ZodMiniType<SignInEnvironment>;
