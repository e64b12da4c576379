import type { ProxyConfig } from '@org/infra/config';
import { type Finding, warning } from './finding.ts';

/** Finds teams whose names differ only in capital letters. Each has its own limits, so one is often a slip. */
export function checkSimilarTeams({ teams }: ProxyConfig): Finding[] {
  const alike = Map.groupBy(Object.keys(teams), (team) => team.toLowerCase());
  return [...alike.values()].flatMap(([first = '', ...others]) =>
    others.map((team) =>
      warning(
        { check: 'team', of: team },
        `differs from the team ${first} only in capital letters: they are two teams, and each has the limits of its plan`,
        'If one team is meant, give its keys to one of the two names, and remove the other.',
      ),
    ),
  );
}
