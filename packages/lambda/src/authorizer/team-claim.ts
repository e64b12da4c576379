import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { isJsonObject } from 'aws-jwt-verify/safe-json-parse';
import type { SignInEnvironment } from './environment.ts';

/** What teams can be called; nothing else needs to be looked up. */
const teamName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * The claims that say whether another is more than its bearer's word.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
 */
const verifiedBy = new Map([
  ['email', 'email_verified'],
  ['phone_number', 'phone_number_verified'],
]);

/** Why a valid token is for no team here. */
export type NoTeam = 'no_team' | 'claim_left_out' | 'claim_not_verified';

/** The teams that a token may be for, in the order of its claim: a string, or a list of strings such as groups. */
export function teamsOf(
  payload: JwtPayload,
  { claim, teams }: Pick<SignInEnvironment, 'claim' | 'teams'>,
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
 * Whether the issuer says of a claim only where to ask for it, as Entra ID does of the groups of a person who has more than 200.
 * Nobody asks: the place is the token's word, and a call would need credentials of the issuer.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#AggregatedDistributedClaims
 * @see https://learn.microsoft.com/en-us/troubleshoot/entra/entra-id/app-integration/get-signed-in-users-groups-in-access-token
 */
function isLeftOut({ _claim_names: elsewhere, hasgroups }: JwtPayload, claim: string): boolean {
  const isElsewhere = elsewhere !== undefined && isJsonObject(elsewhere) && Object.hasOwn(elsewhere, claim);
  return isElsewhere || (claim === 'groups' && hasgroups === true);
}
