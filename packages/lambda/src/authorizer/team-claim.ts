import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import type { SignInEnvironment } from './environment.ts';

/** What teams can be called; nothing else needs to be looked up. */
const teamName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The teams that a token may be for, in the order of its claim: a string, or a list of strings such as groups. */
export function teamsOf(
  payload: JwtPayload,
  { claim, teams }: Pick<SignInEnvironment, 'claim' | 'teams'>,
): string[] {
  const claimed: unknown = Object.hasOwn(payload, claim) ? payload[claim] : [];
  const values = (Array.isArray(claimed) ? claimed : [claimed]).filter((value) => typeof value === 'string');
  const named = teams
    ? values.flatMap((value) => (Object.hasOwn(teams, value) ? (teams[value] ?? []) : []))
    : values.filter((value) => teamName.test(value));
  return [...new Set(named)];
}
