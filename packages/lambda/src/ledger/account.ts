import { type LimitKind, type LimitPeriod, limitKinds } from '@org/contract';
import type { Moment } from './moment.ts';
import { type Bound, boundsOf, type Scope } from './scope.ts';

/**
 * The part of a scope's limits whose counters are in one item. A scope has one account, and a second one for a week that
 * began in the month before.
 */
export interface Account {
  readonly scope: Scope;
  /** When the call began: a call belongs to the windows in which it began. */
  readonly moment: Moment;
  /** The month in which the windows began. */
  readonly month: string;
  /** The limits of these windows. */
  readonly bounds: readonly Bound[];
}

/** The account of the present month comes first. */
export function accountsOf(scope: Scope, moment: Moment): [Account, ...Account[]] {
  const bounds = boundsOf(scope);
  const monthOf = ({ period }: Bound) => moment.windows[period].month;
  const accountIn = (month: string): Account => ({
    ...{ scope, moment, month },
    bounds: bounds.filter((bound) => monthOf(bound) === month),
  });
  const others = new Set(bounds.map(monthOf).filter((month) => month !== moment.month));
  return [accountIn(moment.month), ...[...others].map(accountIn)];
}

/** One counter of an account. */
export interface Counted {
  readonly limit: LimitKind;
  readonly period: LimitPeriod;
}

/** What a call counts in: its day and month always, and other windows only if they are limited. */
export function countedIn({ moment, month, bounds }: Account): Counted[] {
  const always = month === moment.month ? (['day', 'month'] as const) : [];
  return [
    ...limitKinds.flatMap((limit) => always.map((period) => ({ limit, period }))),
    ...bounds.filter(({ period }) => period !== 'day' && period !== 'month'),
  ];
}

/** Whether the holds of calls in flight are known by window. A month's are those of its days. */
export function hasSlots(period: LimitPeriod): boolean {
  return period === 'hour' || period === 'day' || period === 'week';
}
