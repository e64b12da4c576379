import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { LimitKind, LimitPeriod } from '@org/contract';
import { type Amounts, amountsOf } from './amounts.ts';
import type { Moment } from './moment.ts';

/**
 * What a scope has used, as one item holds it. `committed` is what was charged and what is held by calls in flight;
 * it alone decides admission.
 */
export interface Counters {
  readonly committed: Readonly<Record<LimitPeriod, Amounts>>;
  /** The part of `committed` that calls in flight hold. */
  readonly held: Amounts;
}

export type Item = Readonly<Record<string, AttributeValue>>;

/** Attribute names are short, for they are paid for with every write: `mt` is the month's tokens, `d22u` a day's USD. */
const initial: Readonly<Record<LimitKind, string>> = { requests: 'r', tokens: 't', usd: 'u' };

export function committedAttribute(kind: LimitKind, period: LimitPeriod, moment: Moment): string {
  return period === 'month' ? `m${initial[kind]}` : `d${moment.day}${initial[kind]}`;
}

export function heldAttribute(kind: LimitKind, slot: string): string {
  return `${slot}${initial[kind]}`;
}

/** Reads an item of a month; what is missing is 0. */
export function readCounters(item: Item, moment: Moment): Counters {
  const number = (name: string) => Number(item[name]?.N ?? 0);
  const committed = (period: LimitPeriod) =>
    amountsOf((kind) => number(committedAttribute(kind, period, moment)));
  return {
    committed: { day: committed('day'), month: committed('month') },
    held: amountsOf((kind) =>
      moment.slots.live.reduce((sum, slot) => sum + Math.max(0, number(heldAttribute(kind, slot))), 0),
    ),
  };
}
