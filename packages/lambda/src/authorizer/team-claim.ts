import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { isJsonObject } from 'aws-jwt-verify/safe-json-parse';
import type { AuthorizerConfig } from './config.ts';

/** Valid names of teams; no other needs a lookup. */
const teamName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * The claims that say whether the issuer has verified another claim.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
 */
const verifiedBy = new Map([
  ['email', 'email_verified'],
  ['phone_number', 'phone_number_verified'],
]);

/** Why a valid token has no team here. */
export type NoTeam = 'no_team' | 'claim_left_out' | 'claim_not_verified';

/** A token's possible teams, in the order of its claim: a string, or a list of strings such as groups. */
export function teamsOf(
  payload: JwtPayload,
  { claim, teams }: Pick<AuthorizerConfig, 'claim' | 'teams'>,
): readonly string[] | NoTeam {
  if (!Object.hasOwn(payload, claim)) return isLeftOut(payload, claim) ? 'claim_left_out' : 'no_team';
  const verified = verifiedBy.get(claim);
  if (verified !== undefined && payload[verified] !== true) return 'claim_not_verified';
  const claimed: unknown = payload[claim];
  const values = (Array.isArray(claimed) ? claimed : [claimed]).filter((value) => typeof value === 'string');
  const named = teams
    ? values.flatMap((value) => (Object.hasOwn(teams, value) ? (teams[value] ?? []) : []))
    : values.filter((value) => teamName.test(value));
  return [...new Set(named)];
}

/**
 * Whether the token has only a link to a claim, as Entra ID does for the groups of a person with more than 200. The
 * authorizer never follows it: the token names the address, and a call would need the issuer's credentials.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#AggregatedDistributedClaims
 * @see https://learn.microsoft.com/en-us/troubleshoot/entra/entra-id/app-integration/get-signed-in-users-groups-in-access-token
 */
function isLeftOut({ _claim_names: elsewhere, hasgroups }: JwtPayload, claim: string): boolean {
  const isElsewhere = elsewhere !== undefined && isJsonObject(elsewhere) && Object.hasOwn(elsewhere, claim);
  return isElsewhere || (claim === 'groups' && hasgroups === true);
}
