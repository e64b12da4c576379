import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type LimitKind, type LimitPeriod, limitPeriods } from '@org/contract';
import { type Amounts, amountsOf, exceeds } from './amounts.ts';
import { type Duration, isLive, isOver, type Moment, type Slot } from './moment.ts';

/**
 * What a scope has used, as one item holds it. `committed` is what was charged and what is held by calls in flight;
 * it alone decides admission.
 */
export interface Counters {
  readonly committed: Readonly<Record<LimitPeriod, Amounts>>;
  /** The part of `committed` that calls in flight hold. */
  readonly held: Readonly<Record<LimitPeriod, Amounts>>;
  /** Attributes of slots that are over. What is left in them was held by calls that died, and is charged. */
  readonly over: readonly string[];
}

export type Item = Readonly<Record<string, AttributeValue>>;

/** Attribute names are short, for they are paid for with every write: `mt` is the month's tokens, `d22u` a day's USD. */
const initial: Readonly<Record<LimitKind, string>> = { requests: 'r', tokens: 't', usd: 'u' };

export function committedAttribute(kind: LimitKind, period: LimitPeriod, moment: Moment): string {
  return period === 'month' ? `m${initial[kind]}` : `d${moment.day}${initial[kind]}`;
}

/** Whole answers and streams. */
const seriesOf: Readonly<Record<Duration, string>> = { short: 'h', long: 's' };

/** `d22h120t` is what is held of tokens by calls of day 22 that began in its slot 120 for whole answers. */
export function heldAttribute(kind: LimitKind, { day, duration, number }: Slot): string {
  return `d${day}${seriesOf[duration]}${number}${initial[kind]}`;
}

interface HeldAttribute {
  readonly attribute: string;
  readonly kind: string | undefined;
  readonly slot: Slot;
}

function heldAttributes(item: Item): HeldAttribute[] {
  return Object.keys(item).flatMap((attribute) => {
    const [, day, series, number, kind] = /^d(\d\d)([hs])(\d+)([a-z])$/.exec(attribute) ?? [];
    if (day === undefined) return [];
    const duration = series === seriesOf.long ? 'long' : 'short';
    return [{ attribute, kind, slot: { day, duration, number: Number(number) } }];
  });
}

/**
 * Reads an item of a month; what is missing is 0.
 *
 * @throws {Error} If more is held than committed, which no write of ours leads to: nothing is let through on it.
 */
export function readCounters(item: Item, moment: Moment): Counters {
  const number = (name: string) => Number(item[name]?.N ?? 0);
  const committed = (period: LimitPeriod) =>
    amountsOf((kind) => number(committedAttribute(kind, period, moment)));
  const holds = heldAttributes(item);
  const live = holds.filter(({ slot }) => isLive(slot, moment));
  const held = (holding: readonly HeldAttribute[]) =>
    amountsOf((kind) =>
      holding
        .filter((hold) => hold.kind === initial[kind])
        .reduce((sum, { attribute }) => sum + Math.max(0, number(attribute)), 0),
    );
  const counters = {
    committed: { day: committed('day'), month: committed('month') },
    held: { day: held(live.filter(({ slot }) => slot.day === moment.day)), month: held(live) },
    over: holds.filter(({ slot }) => isOver(slot, moment)).map(({ attribute }) => attribute),
  };
  for (const period of limitPeriods) {
    if (exceeds(counters.held[period], counters.committed[period])) {
      throw new Error(`The counters of ${moment.month} hold more of a ${period} than is committed`);
    }
  }
  return counters;
}
