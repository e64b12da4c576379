import { type LimitKind, type Limits, limitKinds, limitPeriods } from '@org/contract';
import type { ProxyConfig } from '@org/infra/config';
import { worstCaseOf } from '@org/lambda/call/meter';
import { type Amounts, amountsOf, unitOf } from '@org/lambda/ledger/amounts';
import { aliasOf, definitionOf, priceIn } from '@org/models';
import { amountText, limitText } from '../limits-text.ts';
import { type Finding, type Subject, warning } from './finding.ts';

/** Finds plans that limit nothing, and limits of plans and keys that stop every call or none. */
export function checkLimitSizes(config: ProxyConfig): Finding[] {
  const ofPlans = Object.entries(config.plans).flatMap(([name, { limits }]) => {
    const field = `plans.${name}.limits`;
    if (limits && limitsAnything(limits))
      return findings({ check: 'plan', of: name }, field, limits, leastOf(config, name));
    return [
      warning(
        { check: 'plan', of: name },
        'has no limits: what its teams spend is bounded by throttle and quota alone, which AWS calls best effort',
        `Give ${field}, such as { usd: { month: 25 } }.`,
      ),
    ];
  });
  const ofKeys = Object.entries(config.teams).flatMap(([team, { plan, keys }]) =>
    keys.flatMap(({ name, limits }, index) =>
      limits
        ? findings(
            { check: 'key', of: name },
            `teams.${team}.keys.${index}.limits`,
            limits,
            leastOf(config, plan),
          )
        : [],
    ),
  );
  return [...ofPlans, ...ofKeys];
}

function limitsAnything(limits: Limits): boolean {
  return limitKinds.some((kind) => Object.values(limits[kind] ?? {}).some((max) => typeof max === 'number'));
}

function findings(subject: Subject, field: string, limits: Limits, least: Amounts): Finding[] {
  return limitKinds.flatMap((kind) => {
    const { day, month } = limits[kind] ?? {};
    const tooSmall = limitPeriods.flatMap((period) => {
      const max = limits[kind]?.[period];
      if (typeof max !== 'number' || max >= least[kind]) return [];
      const what =
        max === 0
          ? `${field}.${kind}.${period} is 0: nothing is let through`
          : `no call fits its ${limitText(kind, max, period)}: the smallest is let through with ${amountOf(kind, least[kind])}`;
      return [warning(subject, what, `Raise ${field}.${kind}.${period}, or leave it out.`)];
    });
    if (typeof day !== 'number' || typeof month !== 'number' || day <= month) return tooSmall;
    return [
      ...tooSmall,
      warning(
        subject,
        `its ${limitText(kind, day, 'day')} will never be reached: the month ends at ${amountOf(kind, month)}`,
        `Lower ${field}.${kind}.day, or leave it out.`,
      ),
    ];
  });
}

const amountOf = (kind: LimitKind, amount: number) =>
  kind === 'usd' ? amountText(kind, amount) : `${amountText(kind, amount)} ${kind}`;

/** The shortest question, and the shortest answer that can be asked for. */
const smallestCall = {
  kind: 'chat',
  messages: [{ role: 'user', blocks: [{ type: 'text', text: '?' }] }],
  maxTokens: 1,
} as const;

/** What the function holds of each limit for the smallest call to any model of a plan. */
function leastOf(config: ProxyConfig, plan: string): Amounts {
  const aliases = config.plans[plan]?.models ?? [];
  const cases = config.models
    .filter((model) => aliases.includes(aliasOf(model)))
    .flatMap((model) => {
      const definition = definitionOf(model);
      return definition ? [{ alias: aliasOf(model), definition, price: priceIn(config, model) }] : [];
    })
    .map((model) => worstCaseOf(smallestCall, model));
  return amountsOf((kind) => Math.min(...cases.map((amounts) => amounts[kind])) / unitOf[kind]);
}
