import type { ProxyConfig } from '@org/infra/config';
import { limitsText } from '../limits-text.ts';
import { type Finding, warning } from './finding.ts';
import { limitsWithoutEffect } from './limits-without-effect.ts';

/** Finds keys whose own limits cannot be reached, because their team's limits end first. */
export function checkKeyLimits({ teams, plans, timeZone }: ProxyConfig): Finding[] {
  return Object.entries(teams).flatMap(([team, { plan, keys }]) =>
    keys.flatMap(({ name, limits }, index) => {
      const without = limits && limitsWithoutEffect(limits, plans[plan]?.limits, timeZone);
      if (!without) return [];
      return [
        warning(
          { check: 'key', of: name },
          `its own ${limitsText(without)} will never be reached: the plan ${plan} allows its whole team no more than that`,
          `Lower teams.${team}.keys.${index}.limits, or leave out what is not below the plan's.`,
        ),
      ];
    }),
  );
}
