import { type LimitKind, type LimitPeriod, limitKinds } from '@org/contract';
import type { Item } from './item.ts';

/** How long a call may last: as long as a whole answer, or as long as a stream. */
export type Duration = 'short' | 'long';

/** One window of a period, among those that began in an item's month. */
export interface WindowName {
  readonly period: LimitPeriod;
  /**
   * The day of the month on which a day or a week begins, from 1; for an hour or a minute, its number from a day before the
   * month begins in UTC; for the month itself 0.
   */
  readonly number: number;
}

/** A time slot of a window. Calls of one duration that begin in it share one counter of their holds. */
export interface Slot {
  readonly window: WindowName;
  readonly duration: Duration;
  /** Counted from the beginning of the window. */
  readonly number: number;
}

// Names are short, because they add to the cost of every write.

const kindInitials: Readonly<Record<LimitKind, string>> = { requests: 'r', tokens: 't', usd: 'u' };
const kinds: ReadonlyMap<string, LimitKind> = new Map(limitKinds.map((kind) => [kindInitials[kind], kind]));

/** An `m` is the month's. */
const periodInitials = { minute: 'n', hour: 'h', day: 'd', week: 'w', month: 'm' } as const satisfies Record<
  LimitPeriod,
  string
>;
const periods: ReadonlyMap<string, LimitPeriod> = new Map(
  (['minute', 'hour', 'day', 'week'] as const).map((period) => [periodInitials[period], period]),
);

/** Of whole answers and of streams. */
const series: Readonly<Record<Duration, string>> = { short: 'h', long: 's' };

function windowPrefix({ period, number }: WindowName): string {
  if (period === 'month') return periodInitials.month;
  return `${periodInitials[period]}${period === 'day' ? String(number).padStart(2, '0') : number}`;
}

/**
 * The attribute of charges plus the holds of calls in flight: `mt` is the month's tokens, `d22u` the micro-USD of day 22,
 * `h540r` the requests of hour 540.
 */
export function committedAttribute(kind: LimitKind, window: WindowName): string {
  return `${windowPrefix(window)}${kindInitials[kind]}`;
}

/** `d22h120t`: the tokens held by calls for whole answers that began in slot 120 of day 22. */
export function heldAttribute(kind: LimitKind, { window, duration, number }: Slot): string {
  return `${windowPrefix(window)}${series[duration]}${number}${kindInitials[kind]}`;
}

/** A counter of a window within the item's month. */
export interface WindowAttribute {
  readonly attribute: string;
  readonly window: WindowName;
  /** Only of holds: the slot in which their calls began. */
  readonly slot?: Slot | undefined;
  /** Undefined for a kind that only a newer deployment counts. */
  readonly kind: LimitKind | undefined;
  readonly amount: number;
}

/** All counters of an item but the month's. */
export function windowAttributes(item: Item): WindowAttribute[] {
  return Object.keys(item).flatMap((attribute) => {
    const [, initial = '', windowNumber, letter, slotNumber, kindInitial = ''] =
      /^([nhdw])(\d{1,5})(?:([hs])(\d{1,5}))?([a-z])$/.exec(attribute) ?? [];
    const period = periods.get(initial);
    if (period === undefined) return [];
    const window = { period, number: Number(windowNumber) };
    const duration = letter === series.long ? 'long' : 'short';
    const slot =
      letter === undefined ? undefined : ({ window, duration, number: Number(slotNumber) } as const);
    return [{ attribute, window, slot, kind: kinds.get(kindInitial), amount: numberOf(item, attribute) }];
  });
}

/**
 * The attribute of calls in flight, of a scope whose calls at once are limited: the sum of all its
 * {@link inFlightSlots slots}.
 */
export const inFlightAttribute = 'c';

/** A time slot in which calls in flight began. Counted from a day before the item's month begins in UTC. */
export interface InFlightSlot {
  readonly duration: Duration;
  readonly number: number;
}

/** `ch1440`: the calls in flight for whole answers that began in slot 1440. */
export function inFlightSlotAttribute({ duration, number }: InFlightSlot): string {
  return `${inFlightAttribute}${series[duration]}${number}`;
}

/** The slots of the calls in flight, with their numbers of calls. */
export function inFlightSlots(
  item: Item,
): { readonly attribute: string; readonly slot: InFlightSlot; readonly calls: number }[] {
  return Object.keys(item).flatMap((attribute) => {
    const [, letter, number] = /^c([hs])(\d{1,5})$/.exec(attribute) ?? [];
    if (letter === undefined) return [];
    const duration = letter === series.long ? 'long' : 'short';
    return [{ attribute, slot: { duration, number: Number(number) }, calls: numberOf(item, attribute) }];
  });
}

/**
 * The attribute that says over how many shards the counters of a month are spread. An item that has it admits no call any
 * more. Once it is there, it does not change.
 */
export const shardsAttribute = 'shards';

/** `d22tw`: the tokens of day 22 whose use was reported as a share of a limit. Only of counters that are spread over shards. */
export function reportedAttribute(kind: LimitKind, window: WindowName): string {
  return `${committedAttribute(kind, window)}w`;
}

/** A number of an item; a missing one is 0. */
export function numberOf(item: Item, attribute: string): number {
  return Number(item[attribute]?.N ?? 0);
}
