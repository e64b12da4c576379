import { type LimitKind, type LimitPeriod, limitKinds } from '@org/contract';
import type { Item } from './item.ts';

/** How long a call may last: as long as a whole answer, or as long as a stream. */
export type Duration = 'short' | 'long';

/** A time slot of a day. Calls of one duration that begin in it share one counter of their holds. */
export interface Slot {
  /** Of the item's month: `22`. */
  readonly day: string;
  readonly duration: Duration;
  /** Counted from the beginning of the day. */
  readonly number: number;
}

// Names are short, because they add to the cost of every write.

const initials: Readonly<Record<LimitKind, string>> = { requests: 'r', tokens: 't', usd: 'u' };

const kinds: ReadonlyMap<string, LimitKind> = new Map(limitKinds.map((kind) => [initials[kind], kind]));

/** Of whole answers and of streams. */
const series: Readonly<Record<Duration, string>> = { short: 'h', long: 's' };

/**
 * The attribute of charges plus the holds of calls in flight: `mt` is the month's tokens, `d22u` the micro-USD of day
 * 22.
 *
 * @param day `22`.
 */
export function committedAttribute(kind: LimitKind, period: LimitPeriod, day: string): string {
  return period === 'month' ? `m${initials[kind]}` : `d${day}${initials[kind]}`;
}

/** `d22h120t`: the tokens held by calls for whole answers that began in slot 120 of day 22. */
export function heldAttribute(kind: LimitKind, { day, duration, number }: Slot): string {
  return `d${day}${series[duration]}${number}${initials[kind]}`;
}

export interface HeldAttribute {
  readonly attribute: string;
  readonly slot: Slot;
  /** Undefined for a kind that only a newer deployment counts. */
  readonly kind: LimitKind | undefined;
  readonly amount: number;
}

/** All holds in an item of counters. */
export function heldAttributes(item: Item): HeldAttribute[] {
  return Object.keys(item).flatMap((attribute) => {
    const [, day, letter, number, initial = ''] = /^d(\d\d)([hs])(\d+)([a-z])$/.exec(attribute) ?? [];
    if (day === undefined) return [];
    const duration = letter === series.long ? 'long' : 'short';
    const slot = { day, duration, number: Number(number) } as const;
    return [{ attribute, slot, kind: kinds.get(initial), amount: numberOf(item, attribute) }];
  });
}

/** A number of an item; a missing one is 0. */
export function numberOf(item: Item, attribute: string): number {
  return Number(item[attribute]?.N ?? 0);
}
