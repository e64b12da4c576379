import { createHash } from 'node:crypto';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { usageId } from '../usage-id.ts';
import type { SignIn } from './authorizer.ts';
import type { AuthorizerConfig } from './config.ts';
import { teamsOf } from './team-claim.ts';
import type { TeamKeys } from './team-keys.ts';
import type { TokenVerifier } from './token-verifier.ts';

export interface SignInOptions {
  readonly config: Pick<AuthorizerConfig, 'claim' | 'teams'>;
  readonly verify: TokenVerifier;
  readonly teamKeys: TeamKeys;
}

/** Sign-in by tokens: each stands for the API key of its team. */
export function createSignIn({ config, verify, teamKeys }: SignInOptions): SignIn {
  return async (token) => {
    const payload = await verify(token);
    const principalId = principalOf(payload);
    const named = teamsOf(payload, config);
    if (typeof named === 'string') return { effect: 'Deny', principalId, reason: named };
    const teams = await Promise.all(named.map(async (team) => ({ team, apiKey: await teamKeys(team) })));
    const first = teams.find(({ apiKey }) => apiKey !== undefined);
    if (first?.apiKey === undefined) return { effect: 'Deny', principalId, reason: 'no_team' };
    return {
      effect: 'Allow',
      principalId,
      apiKey: first.apiKey,
      team: first.team,
      // All who sign in without a subject count as one person: leaving it out must not pass a limit.
      person: usageId(payload.sub) ?? principalId,
    };
  };
}

/** The same for every request of a person, and does not identify the person. */
function principalOf({ iss, sub }: JwtPayload): string {
  return createHash('sha256')
    .update(JSON.stringify([iss, sub]))
    .digest('base64url');
}
