import * as z from 'zod/mini';

/** Names of the environment variables that the authorizer reads. */
export const authorizerVariables = {
  /** A {@link SignInEnvironment} as JSON. */
  signIn: 'PROXY_SIGN_IN',
  /** Name of the DynamoDB table that has the keys of teams. */
  table: 'PROXY_TABLE',
  /** URL of the signing keys to use in place of the issuer's. `http:` is allowed on loopback only. */
  jwksUrl: 'PROXY_SIGN_IN_JWKS_URL',
} as const;

/**
 * What the deployment gives the authorizer about sign-in tokens. The stack writes it with this schema and the
 * authorizer reads it with this schema. Lambda allows 4 KB of environment in all.
 */
export interface SignInEnvironment {
  /** What `iss` may be. The first is asked where its signing keys are, unless `jwksUri` says it. */
  issuers: string[];
  /** What `aud` may be; of an access token of Cognito, which has none, what `client_id` may be. */
  audience: string[];
  jwksUri?: string | undefined;
  /** Of a Cognito user pool: which of its two kinds of tokens. Left out: the issuer is not a user pool. */
  tokenUse?: 'access' | 'id' | undefined;
  /** Claim that names the team. */
  claim: string;
  /** Team by value of the claim. Left out: the value is the team. */
  teams?: Record<string, string> | undefined;
}

export const SignInEnvironment = z.strictObject({
  issuers: z.array(z.string()).check(z.minLength(1)),
  audience: z.array(z.string()).check(z.minLength(1)),
  jwksUri: z.optional(z.string()),
  tokenUse: z.optional(z.enum(['access', 'id'])),
  claim: z.string(),
  teams: z.optional(z.record(z.string(), z.string())),
}) satisfies z.ZodMiniType<SignInEnvironment>;
