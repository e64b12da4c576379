import { type Limits, limitKinds, pacedPeriods } from '@org/contract';
import type { ProxyConfig } from '@org/infra/config';
import { limitText } from '../limits-text.ts';
import { type Finding, type Subject, warning } from './finding.ts';
import { amountOf, leastOf } from './limit-sizes.ts';

/** Finds paces that have no effect, and paces with which every period begins with a wait. */
export function checkPaces(config: ProxyConfig): Finding[] {
  const ofPlans = Object.entries(config.plans).flatMap(([plan, each]) => {
    const limited: [field: string, limits: Limits | undefined][] = [
      ['limits', each.limits],
      ['limitsPerPerson', each.limitsPerPerson],
      ['limitsPerCustomer', each.limitsPerCustomer],
      ...Object.entries(each.limitsPerModel ?? {}).map(([alias, limits]): [string, Limits] => [
        `limitsPerModel.${alias}`,
        limits,
      ]),
    ];
    return limited.flatMap(([field, limits]) =>
      pacesOf(config, plan, {
        ...{ subject: { check: 'plan', of: plan }, limits, field: `plans.${plan}.${field}` },
      }),
    );
  });
  const ofKeys = Object.entries(config.teams).flatMap(([team, { plan, keys }]) =>
    keys.flatMap(({ name, limits }, index) =>
      pacesOf(config, plan, {
        ...{ subject: { check: 'key', of: name }, limits, field: `teams.${team}.keys.${index}.limits` },
      }),
    ),
  );
  return [...ofPlans, ...ofKeys];
}

function pacesOf(
  config: ProxyConfig,
  plan: string,
  {
    subject,
    limits,
    field,
  }: { readonly subject: Subject; readonly limits: Limits | undefined; readonly field: string },
): Finding[] {
  return limitKinds.flatMap((kind) =>
    pacedPeriods.flatMap((period) => {
      const pace = limits?.pace?.[kind]?.[period];
      if (!pace) return [];
      const { burst } = pace;
      const max = limits?.[kind]?.[period];
      const name = `${field}.pace.${kind}.${period}`;
      if (typeof max !== 'number') {
        return [
          warning(
            subject,
            `${name} has no effect: there is no ${field}.${kind}.${period} to spread`,
            'Give that limit, or leave the pace out.',
          ),
        ];
      }
      if (burst >= max) {
        return [
          warning(
            subject,
            `${name} has no effect: its burst is not below the limit, ${limitText({ limit: kind, period }, max)}`,
            'Lower the burst, or leave the pace out.',
          ),
        ];
      }
      const { [kind]: smallest } = leastOf(config, plan, 1);
      const { [kind]: usual } = leastOf(config, plan, undefined);
      if (burst >= usual || usual > max) return [];
      const calls = burst < smallest ? 'no call' : 'no call without a small maxTokens';
      const needed = burst < smallest ? smallest : usual;
      const percent = Math.ceil((100 * (needed - burst)) / max);
      return [
        warning(
          subject,
          `${calls} fits the pace ${name} before ${percent} % of a ${period} are over: it needs ${amountOf(kind, needed)}, and the burst is ${amountOf(kind, burst)}`,
          `Raise its burst to ${amountOf(kind, usual)} or more.`,
        ),
      ];
    }),
  );
}
