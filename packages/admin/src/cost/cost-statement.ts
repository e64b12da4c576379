import { type Limits, limitKinds, limitPeriods } from '@org/contract';
import { limitsUsd, type ProxyConfig } from '@org/infra/config';
import { unitOf } from '@org/lambda/ledger/amounts';
import { boundsOf } from '@org/lambda/ledger/scope';
import { aliasOf, definitionOf, priceIn } from '@org/models';
import * as z from 'zod/mini';
import { windowsIn } from '../windows-in.ts';
import {
  type CallsOf,
  type Dearest,
  dearestCall,
  dearestToken,
  distinctGaps,
  Gap,
  type PlanModel,
} from './dearest.ts';

/** One bound of a month's cost, with its arithmetic: `usd = (most × times + atOnce) × usdEach`. */
export type Bound = z.output<typeof Bound>;
const Bound = z.strictObject({
  /** USD a month. */
  usd: z.number(),
  /** `limits` hold exactly. `quota` and `throttle` are API Gateway's: each key's, and best effort. */
  by: z.enum(['limits', 'quota', 'throttle']),
  counted: z.enum(limitKinds),
  most: z.number(),
  per: z.enum(['second', ...limitPeriods]),
  /** How often the period can be in a month. */
  times: z.number(),
  /** Requests that a throttle lets through at once. Default: 0. */
  atOnce: z.optional(z.number()),
  /** The most that one counted unit can cost, in USD. */
  usdEach: z.number(),
  /** The model that costs so much. Absent if the limit is in USD. */
  model: z.optional(z.string()),
});

/** The most that a team can cost in a month. */
export type TeamCost = z.output<typeof TeamCost>;
const TeamCost = z.strictObject({
  team: z.string(),
  plan: z.string(),
  /** USD a month; null: not bounded. */
  usd: z.nullable(z.number()),
  /** Whether limits hold it exactly. */
  exact: z.boolean(),
  /** The team's own bound, or one for each key whose sum is less. */
  bounds: z.array(Bound),
  /** Why it is not bounded. */
  gaps: z.array(Gap),
});

/** The most that a team or key of a plan can cost a month if it is made at run time. USD; null: not bounded. */
export type PlanCost = z.output<typeof PlanCost>;
const PlanCost = z.strictObject({
  plan: z.string(),
  /** A further team over all its keys. */
  furtherTeam: z.nullable(z.number()),
  /** A further key without its own limits, by the plan's quota and throttle. */
  furtherKey: z.nullable(z.number()),
});

/**
 * The most that the models can cost a month, as far as a config bounds it: by the deployment's prices, for calls that
 * begin in one calendar month of the time zone. AWS's charges for the proxy itself and for guardrails are not in it.
 */
export type CostStatement = z.output<typeof CostStatement>;
export const CostStatement = z.strictObject({
  /** All teams of the config together, in USD a month; null: not bounded. */
  usd: z.nullable(z.number()),
  /** Whether limits hold it exactly. */
  exact: z.boolean(),
  teams: z.array(TeamCost),
  plans: z.array(PlanCost),
});

/** The parts of a config that decide the cost of its models. */
export type CostlyConfig = Pick<
  ProxyConfig,
  'region' | 'timeZone' | 'prices' | 'models' | 'plans' | 'teams' | 'signIn'
>;

type Plan = CostlyConfig['plans'][string];

/** The limits in force of teams and keys, by name, where operators changed them at run time. */
export interface LimitsAtRunTime {
  readonly teams: ReadonlyMap<string, Limits>;
  readonly keys: ReadonlyMap<string, Limits>;
}

const unchanged: LimitsAtRunTime = { teams: new Map(), keys: new Map() };

/**
 * Computes the most that a config can cost a month, by team. The least of these bounds counts: each limit of the team;
 * or the sum over its keys of the least of each key's own limits, its quota and its throttle.
 *
 * It counts on the limits as the function enforces them. So it shares their only exception: a call that cost more than
 * it held, for which the alarm `wrong-charges` rings.
 *
 * @param changed Limits in force in place of the config's. Default: none.
 * @example
 * costStatement(config).usd; // 50.25
 */
export function costStatement(config: CostlyConfig, changed = unchanged): CostStatement {
  const teams = Object.entries(config.teams).map(([team, { plan, keys }]) => ({
    ...{ team, plan },
    limits: changed.teams.get(team) ?? planOf(plan, config).limits,
    keys: keys.map((key) => ({ limits: changed.keys.get(key.name) ?? key.limits })),
  }));
  return costOfTeams(teams, config);
}

/** A team with the limits that it has, which may be others than those of its plan. */
export interface CostlyTeam {
  readonly team: string;
  readonly plan: string;
  readonly limits: Limits | undefined;
  /** Undefined: a key has no limits of its own. */
  readonly keys: readonly { readonly limits?: Limits | undefined }[];
}

/** The same as {@link costStatement}, of these teams in place of the config's. */
export function costOfTeams(costly: readonly CostlyTeam[], config: CostlyConfig): CostStatement {
  const teams = costly.map(({ team, plan, limits, keys }) => ({
    ...{ team, plan },
    ...teamCost({ ...planOf(plan, config), limits }, keys, config),
  }));
  const plans = Object.keys(config.plans).map((plan) => ({
    plan,
    furtherTeam: least(limitBounds(planOf(plan, config), undefined, config).bounds)?.usd ?? null,
    furtherKey: least(keyBounds(planOf(plan, config), undefined, config).bounds)?.usd ?? null,
  }));
  return { usd: sum(teams), exact: teams.every(({ exact }) => exact), teams, plans };
}

function planOf(name: string, { plans }: CostlyConfig): Plan {
  const plan = plans[name];
  if (!plan) throw new TypeError(`The config has no plan ${name}`);
  return plan;
}

function teamCost(
  plan: Plan,
  keys: CostlyTeam['keys'],
  config: CostlyConfig,
): Omit<TeamCost, 'team' | 'plan'> {
  const own = limitBounds(plan, undefined, config);
  const ofTeam = least(own.bounds);
  // Signed-in callers have one more key of their team.
  const owners = [...keys, ...(config.signIn ? [{ limits: undefined }] : [])];
  const ofKeys = owners.map(({ limits }) => keyBounds(plan, limits, config));
  const leastOfKeys = ofKeys.flatMap(({ bounds }) => least(bounds) ?? []);
  const keysTotal = leastOfKeys.length === owners.length ? sum(leastOfKeys) : null;
  // Keys can be made at run time, so a bound of the whole team comes first if it is as low.
  const bounds =
    keysTotal !== null && (ofTeam === undefined || keysTotal < ofTeam.usd) ? leastOfKeys : ofTeam && [ofTeam];
  if (!bounds) {
    const gaps = [own, ...ofKeys].flatMap((each) => each.gaps);
    return { usd: null, exact: false, bounds: [], gaps: distinctGaps(gaps) };
  }
  return { usd: sum(bounds), exact: bounds.every(({ by }) => by === 'limits'), bounds, gaps: [] };
}

/** Every known bound of something, and the gaps that left out others. */
interface Bounds {
  readonly bounds: readonly Bound[];
  readonly gaps: readonly Gap[];
}

/** The bounds of one key: its own limits, and API Gateway's for each key. */
function keyBounds(plan: Plan, limits: Limits | undefined, config: CostlyConfig): Bounds {
  const own = limits ? limitBounds(plan, limits, config) : { bounds: [], gaps: [] };
  const call = dearestCall(callsOf(plan, limits, config));
  if (isGaps(call)) return { bounds: own.bounds, gaps: [...own.gaps, ...call] };
  const { throttle, quota } = plan;
  const perKey = [
    bound('quota', { counted: 'requests', most: quota.limit, ...quotaPeriod(quota, config) }, call),
    bound(
      'throttle',
      {
        counted: 'requests',
        most: throttle.rate,
        per: 'second',
        times: windowsIn('minute', 'month', config.timeZone) * 60,
        atOnce: throttle.burst,
      },
      call,
    ),
  ];
  return { bounds: [...own.bounds, ...perKey], gaps: own.gaps };
}

const quotaPeriods = { DAY: 'day', WEEK: 'week', MONTH: 'month' } as const;

/** Periods of a quota are in UTC: a month of another time zone touches one more day, and a second month. */
function quotaPeriod({ period }: Plan['quota'], { timeZone }: CostlyConfig): Pick<Bound, 'per' | 'times'> {
  const per = quotaPeriods[period];
  const more = timeZone === 'UTC' || per === 'week' ? 0 : 1;
  return { per, times: windowsIn(per, 'month', 'UTC') + more };
}

/** The bounds that exact limits are: those of the plan's team, or a key's own. */
function limitBounds(plan: Plan, ofKey: Limits | undefined, config: CostlyConfig): Bounds {
  const calls = callsOf(plan, ofKey, config);
  const dearest = { tokens: dearestToken(calls), requests: dearestCall(calls), usd: { usd: 1 } };
  const found = boundsOf({ limits: ofKey ?? plan.limits ?? {} }).map(({ limit, period, max }) => {
    const each = max === 0 ? { usd: 0 } : dearest[limit];
    const times = windowsIn(period, 'month', config.timeZone);
    return isGaps(each)
      ? each
      : bound('limits', { counted: limit, most: max / unitOf[limit], per: period, times }, each);
  });
  return {
    bounds: found.flatMap((each) => (isGaps(each) ? [] : [each])),
    gaps: found.flatMap((each) => (isGaps(each) ? each : [])),
  };
}

function bound(
  by: Bound['by'],
  counted: Omit<Bound, 'usd' | 'by' | 'usdEach' | 'model'>,
  { usd: usdEach, model }: Partial<Dearest> & Pick<Dearest, 'usd'>,
): Bound {
  const { most, times, atOnce = 0 } = counted;
  return { usd: (most * times + atOnce) * usdEach, by, ...counted, usdEach, ...(model && { model }) };
}

function callsOf(plan: Plan, ofKey: Limits | undefined, { models, ...config }: CostlyConfig): CallsOf {
  const ofPlan = models.flatMap((model): PlanModel[] => {
    const alias = aliasOf(model);
    const definition = definitionOf(model);
    if (!definition || !plan.models.includes(alias)) return [];
    return [{ alias, definition, price: priceIn(config, model), maxTokens: plan.maxTokens }];
  });
  return { models: ofPlan, refusesUnpriced: limitsUsd(plan.limits) || limitsUsd(ofKey) };
}

function isGaps(value: object): value is readonly Gap[] {
  return Array.isArray(value);
}

function least(bounds: readonly Bound[]): Bound | undefined {
  return bounds.reduce<Bound | undefined>(
    (lowest, each) => (lowest && lowest.usd <= each.usd ? lowest : each),
    undefined,
  );
}

function sum(parts: readonly { readonly usd: number | null }[]): number | null {
  return parts.reduce<number | null>(
    (total, { usd }) => (total === null || usd === null ? null : total + usd),
    0,
  );
}
