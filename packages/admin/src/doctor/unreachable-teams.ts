import type { ProxyConfig } from '@org/infra/config';
import { type Finding, warning } from './finding.ts';

/** Finds teams that have neither a key nor people who sign in for them. */
export function checkUnreachableTeams({ signIn, teams }: ProxyConfig): Finding[] {
  const signedInFor = (team: string) =>
    signIn !== undefined && (!signIn.teams || Object.values(signIn.teams).includes(team));
  return Object.entries(teams)
    .filter(([team, { keys }]) => keys.length === 0 && !signedInFor(team))
    .map(([team]) =>
      warning(
        { check: 'team', of: team },
        'has no keys and no sign-in: no one can call as this team until you make a key for it',
        { kind: 'make_key', team },
      ),
    );
}
