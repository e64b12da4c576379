import {
  amountText,
  type LimitKind,
  type LimitPeriod,
  type Limits,
  limitKinds,
  limitPeriods,
} from '@org/contract';
import type { ProxyConfig } from '@org/infra/config';
import type { ModelCall } from '@org/lambda/call/call';
import { longAnswerTokens, maxTokensOf } from '@org/lambda/call/max-tokens';
import { worstCaseOf } from '@org/lambda/call/meter';
import { thinks } from '@org/lambda/call/reasoning';
import type { ChosenModel } from '@org/lambda/config';
import { type Amounts, amountsOf, unitOf } from '@org/lambda/ledger/amounts';
import { partOf } from '@org/lambda/ledger/shards';
import { aliasOf, definitionOf, priceIn } from '@org/models';
import { limitText } from '../limits-text.ts';
import { type Finding, type Subject, warning } from './finding.ts';

/** Finds plans that limit nothing, and limits of plans and keys that stop every call, many, or none. */
export function checkLimitSizes(config: ProxyConfig): Finding[] {
  const ofPlans = Object.entries(config.plans).flatMap(([name, { limits, shards }]) => {
    const field = `plans.${name}.limits`;
    if (limits && limitsAnything(limits))
      return checkSizes(config, name, {
        subject: { check: 'plan', of: name },
        limits,
        shards,
        nameOf: within(field),
      });
    return [
      warning(
        { check: 'plan', of: name },
        'has no limits: only throttle and quota, which AWS calls best effort, bound what its teams spend',
        `Give ${field}, such as { usd: { month: 25 } }.`,
      ),
    ];
  });
  const ofKeys = Object.entries(config.teams).flatMap(([team, { plan, keys }]) =>
    keys.flatMap(({ name, limits }, index) =>
      limits
        ? checkSizes(config, plan, {
            subject: { check: 'key', of: name },
            limits,
            nameOf: within(`teams.${team}.keys.${index}.limits`),
          })
        : [],
    ),
  );
  return [...ofPlans, ...ofKeys];
}

function limitsAnything(limits: Limits): boolean {
  return limitKinds.some((kind) => Object.values(limits[kind] ?? {}).some((max) => typeof max === 'number'));
}

const within = (field: string) => (kind: LimitKind, period: LimitPeriod) => `${field}.${kind}.${period}`;

/** Finds limits that stop every call to the models of a plan, many, or none. */
export function checkSizes(
  config: ProxyConfig,
  plan: string,
  {
    subject,
    limits,
    shards = 1,
    nameOf,
  }: {
    readonly subject: Subject;
    readonly limits: Limits;
    /** How many parts each limit is divided into. Default: 1. */
    readonly shards?: number | undefined;
    /** The limit's field in the config. */
    readonly nameOf: (kind: LimitKind, period: LimitPeriod) => string;
  },
): Finding[] {
  const needs: Needs = {
    smallest: leastOf(config, plan, 1),
    usual: leastOf(config, plan, undefined),
    long: leastOf(config, plan, undefined, longAnswerTokens),
  };
  const alternative = shards > 1 ? 'lower shards' : 'leave it out';
  return limitKinds.flatMap((kind) => {
    const tooSmall = limitPeriods.flatMap((period) => {
      const max = limits[kind]?.[period];
      if (typeof max !== 'number') return [];
      const name = nameOf(kind, period);
      if (max === 0) {
        return [
          warning(subject, `${name} is 0: nothing is let through`, `Raise ${name}, or ${alternative}.`),
        ];
      }
      const whole = `its ${limitText({ limit: kind, period }, max)}`;
      const limit = shards > 1 ? `the largest of the ${shards} parts of ${whole}` : whole;
      const most = partOf(Math.round(max * unitOf[kind]), 0, shards) / unitOf[kind];
      const misfit = misfitOf(most, kind, needs, limit);
      if (misfit === undefined) return [];
      return [warning(subject, misfit.what, `Raise ${name}, or ${misfit.otherwise ?? alternative}.`)];
    });
    return [
      ...tooSmall,
      ...neverReached(limits, kind).map(({ period, what }) =>
        warning(subject, what, `Lower ${nameOf(kind, period)}, or leave it out.`),
      ),
    ];
  });
}

/** The least that calls hold: the smallest, one without `maxTokens`, and one of OpenAI's API without a maximum. */
type Needs = Readonly<Record<'smallest' | 'usual' | 'long', Amounts>>;

/**
 * The calls that do not fit a limit; undefined if all do.
 *
 * @param most What one call may take of it.
 * @returns `otherwise` is what helps besides raising it, if that is special to these calls.
 */
function misfitOf(
  most: number,
  kind: LimitKind,
  { smallest, usual, long }: Needs,
  limit: string,
): { readonly what: string; readonly otherwise?: string } | undefined {
  const need = (least: Amounts) => amountOf(kind, least[kind]);
  if (most < smallest[kind]) {
    return { what: `no call fits ${limit}: the smallest call needs ${need(smallest)}` };
  }
  if (most < usual[kind]) {
    return { what: `only calls with a small maxTokens fit ${limit}: a call without it needs ${need(usual)}` };
  }
  if (most < long[kind]) {
    return {
      what: `a call of OpenAI's API without a maximum does not fit ${limit}: it needs ${need(long)}`,
      otherwise: 'give the plan maxTokens',
    };
  }
  return undefined;
}

/** Limits that are above the limit of a longer period, which ends first. */
function neverReached(
  limits: Limits,
  kind: LimitKind,
): { readonly period: LimitPeriod; readonly what: string }[] {
  const maxOf = (period: LimitPeriod) => limits[kind]?.[period] ?? Number.POSITIVE_INFINITY;
  return limitPeriods.flatMap((period, index) => {
    const max = maxOf(period);
    const longer = limitPeriods.slice(index + 1).find((each) => maxOf(each) < max);
    if (!Number.isFinite(max) || longer === undefined) return [];
    const limit = limitText({ limit: kind, period }, max);
    return [
      {
        period,
        what: `its ${limit} will never be reached: the ${longer} ends at ${amountOf(kind, maxOf(longer))}`,
      },
    ];
  });
}

export const amountOf = (kind: LimitKind, amount: number) =>
  kind === 'usd' ? amountText(kind, amount) : `${amountText(kind, amount)} ${kind}`;

function shortestCall(
  model: Pick<ChosenModel, 'definition'>,
  maxTokens: number | undefined,
  most: number | undefined,
  usualOfApi: number | undefined,
): ModelCall {
  if (model.definition.upstream === 'embed') return { kind: 'embed', inputs: ['?'] };
  const usual = usualOfApi ?? (thinks({}, model.definition) ? longAnswerTokens : undefined);
  return {
    kind: 'chat',
    messages: [{ role: 'user', blocks: [{ type: 'text', text: '?' }] }],
    maxTokens: maxTokensOf(maxTokens, model, { maxTokens: most, clampMaxTokens: false }, usual),
  };
}

/**
 * The least that the function reserves (holds) of each limit for the shortest question to any model of a plan.
 *
 * @param usualOfApi What the API takes for a call without `maxTokens`. Default: as the native API.
 */
export function leastOf(
  config: ProxyConfig,
  plan: string,
  maxTokens: number | undefined,
  usualOfApi?: number,
): Amounts {
  const { models: aliases = [], maxTokens: most } = config.plans[plan] ?? {};
  const cases = config.models
    .filter((model) => aliases.includes(aliasOf(model)))
    .flatMap((model) => {
      const definition = definitionOf(model);
      return definition ? [{ alias: aliasOf(model), definition, price: priceIn(config, model) }] : [];
    })
    .map((model) => worstCaseOf(shortestCall(model, maxTokens, most, usualOfApi), model));
  return amountsOf((kind) => Math.min(...cases.map((amounts) => amounts[kind])) / unitOf[kind]);
}
