import { type LimitKind, type LimitPeriod, limitKinds } from '@org/contract';
import { type Moment, monthStillInFlight } from './moment.ts';
import { type Bound, boundsOf, type Scope, unlimitedOf } from './scope.ts';

/**
 * The part of a scope's limits whose counters are in one item. A scope has one account, and a second one in the month before:
 * for a week that began there, and for calls at once as long as calls of that month can be in flight.
 */
export interface Account {
  readonly scope: Scope;
  /** When the call began: a call belongs to the windows in which it began. */
  readonly moment: Moment;
  /** The month in which the windows began. */
  readonly month: string;
  /** The limits of these windows. */
  readonly bounds: readonly Bound[];
  /** Those of these windows that are counted without a limit. */
  readonly unlimited: readonly Counted[];
  /** The most calls that may be in flight at once. Undefined: not limited, or not counted in this item. */
  readonly atOnce: number | undefined;
  /** Of an account that is one shard of another: its number, from 0, and that account. Its limits are a part of that one's. */
  readonly shard?: { readonly number: number; readonly whole: Account };
}

/** The account of the present month comes first. */
export function accountsOf(scope: Scope, moment: Moment): [Account, ...Account[]] {
  const bounds = boundsOf(scope);
  const unlimited = unlimitedOf(scope);
  const monthOf = ({ period }: Counted) => moment.windows[period].month;
  const atOnce = scope.limits.callsAtOnce ?? undefined;
  const inFlight = new Set(atOnce === undefined ? [] : [moment.month, monthStillInFlight(moment)]);
  const accountIn = (month: string): Account => ({
    ...{ scope, moment, month },
    bounds: bounds.filter((bound) => monthOf(bound) === month),
    unlimited: unlimited.filter((counted) => monthOf(counted) === month),
    atOnce: inFlight.has(month) ? atOnce : undefined,
  });
  const others = new Set(
    [...[...bounds, ...unlimited].map(monthOf), ...inFlight].filter((month) => month !== moment.month),
  );
  return [
    accountIn(moment.month),
    ...[...others].flatMap((month) => (month === undefined ? [] : accountIn(month))),
  ];
}

/** One counter of an account. */
export interface Counted {
  readonly limit: LimitKind;
  readonly period: LimitPeriod;
}

/** What a call counts in: its day and month always, and other windows only if they are limited, or may be again. */
export function countedIn({ moment, month, bounds, unlimited }: Account): Counted[] {
  const always = month === moment.month ? (['day', 'month'] as const) : [];
  return [
    ...limitKinds.flatMap((limit) => always.map((period) => ({ limit, period }))),
    ...[...bounds, ...unlimited].filter(({ period }) => period !== 'day' && period !== 'month'),
  ];
}

/** Whether the holds of calls in flight are known by window. A month's are those of its days. */
export function hasSlots(period: LimitPeriod): boolean {
  return period === 'hour' || period === 'day' || period === 'week';
}
