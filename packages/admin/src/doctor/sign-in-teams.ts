import type { ProxyConfig } from '@org/infra/config';
import { type Finding, warning } from './finding.ts';

/** Finds teams of tokens that are not in the config: the command line may make them, or they are misspelt. */
export function checkSignInTeams({ signIn, teams }: ProxyConfig): Finding[] {
  const named = new Set(Object.values(signIn?.teams ?? {}));
  return [...named]
    .filter((team) => !Object.hasOwn(teams, team))
    .map((team) =>
      warning(
        { check: 'team', of: team },
        'signIn.teams names it, but the config has no such team: until you make it, its people get 403 access_denied',
        { kind: 'make_team', team },
      ),
    );
}
