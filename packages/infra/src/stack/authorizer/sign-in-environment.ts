import type { SignInEnvironment } from '@org/lambda/authorizer-environment';
import type { SignIn } from '../../config/sign-in.ts';

/** Ids of a user pool and of its app clients. Each may be a value that CloudFormation fills in. */
export interface UserPoolIds {
  readonly userPoolId: string;
  readonly clientIds: readonly string[];
  /** The pool's Region. */
  readonly region: string;
}

/** The settings by which the authorizer checks tokens: issuers, audience, keys and claim. */
export function signInEnvironment(signIn: SignIn, pool: UserPoolIds | undefined): SignInEnvironment {
  const { claim } = signIn;
  const teams = signIn.teams && { ...signIn.teams };
  if ('issuer' in signIn) {
    const { issuer, audience, jwksUri } = signIn;
    return { issuers: [issuer], audience: [...audience], jwksUri, claim, teams };
  }
  if (!pool) throw new Error('A user pool is needed for signIn.cognito.');
  // A pool signs under the first name, and can be set to sign under the second.
  const issuers = ['cognito-idp', 'issuer-cognito-idp'].map(
    (service) => `https://${service}.${pool.region}.amazonaws.com/${pool.userPoolId}`,
  );
  const jwksUri = `${issuers[0]}/.well-known/jwks.json`;
  const { tokenUse } = signIn;
  return { issuers, audience: [...pool.clientIds], jwksUri, tokenUse, claim, teams };
}
