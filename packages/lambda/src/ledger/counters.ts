import { type LimitPeriod, limitPeriods, mostShards } from '@org/contract';
import {
  committedAttribute,
  type Item,
  inFlightAttribute,
  inFlightSlots,
  numberOf,
  shardsAttribute,
  type WindowName,
  windowAttributes,
} from '@org/table';
import { type Account, type Counted, countedIn } from './account.ts';
import { type Amounts, amountsOf, exceeds } from './amounts.ts';
import { isInFlight, isInFlightOver, isLive, isOver } from './moment.ts';

/**
 * A scope's usage, as in one item. `committed` is the charges plus the holds of calls in flight. It alone decides
 * admission. Both are 0 for a period whose counters are in another item.
 */
export interface Counters {
  readonly committed: Readonly<Record<LimitPeriod, Amounts>>;
  /** The part of `committed` that calls in flight hold. Not known for a minute: it is 0 there. */
  readonly held: Readonly<Record<LimitPeriod, Amounts>>;
  /**
   * Attributes that no reader counts any more: slots that are over, whose holds are of calls that died and are charged; and
   * windows that a newer call's window has left behind.
   */
  readonly over: readonly string[];
  /** Calls in flight, of a scope whose calls at once are limited. */
  readonly inFlight: InFlight;
  /** The periods whose window a newer call has left behind, so that its counters may be gone. */
  readonly outdated: readonly LimitPeriod[];
  /** The item that they were read from. */
  readonly item: Item;
}

/** Calls in flight. Only `counted` decides admission. */
export interface InFlight {
  /** Those of calls that died are counted until they are taken away. */
  readonly counted: number;
  /** Slots whose calls have all died, with their numbers of calls. */
  readonly dead: readonly { readonly attribute: string; readonly calls: number }[];
}

/** More is held than committed, or fewer calls are counted than are in flight, which none of our writes causes. Such counters let nothing through. */
export class InconsistentCounters extends Error {
  override readonly name = 'InconsistentCounters';
}

/**
 * Windows by which a call leaves an earlier window behind: its own and the one before stay, because requests reach the
 * function out of order. A week is numbered by its first day.
 */
const stepsBehind = {
  minute: 2,
  hour: 2,
  day: 2,
  week: 14,
  month: Number.POSITIVE_INFINITY,
} as const satisfies Record<LimitPeriod, number>;

/**
 * Reads an item of a month; what is missing is 0.
 *
 * @throws {InconsistentCounters}
 */
export function readCounters(item: Item, account: Account): Counters {
  const { moment, month } = account;
  const { windows } = moment;
  const attributes = windowAttributes(item);
  const slots = attributes.flatMap(({ slot, ...attribute }) => (slot ? [{ ...attribute, slot }] : []));
  const live = slots.filter(({ slot }) => isLive(slot, month, moment));
  const isHere = (period: LimitPeriod) => windows[period].month === month;
  const committed = (period: LimitPeriod) =>
    amountsOf((limit) => committedIn(item, account, { limit, period }));
  const isHeldIn = (period: LimitPeriod, window: WindowName) =>
    isHere(period) &&
    (period === 'month'
      ? window.period === 'day'
      : window.period === period && window.number === windows[period].number);
  const held = (period: LimitPeriod) =>
    amountsOf((kind) =>
      live
        .filter((hold) => hold.kind === kind && isHeldIn(period, hold.window))
        .reduce((sum, { amount }) => sum + Math.max(0, amount), 0),
    );

  // Only in the periods in which a call counts does it leave a counter, which tells others that they are late.
  const counted = new Set(countedIn(account).map(({ period }) => period));
  const isBehind = ({ period, number }: WindowName, newer: number) =>
    counted.has(period) && newer - number >= stepsBehind[period];
  const places = account.atOnce === undefined ? [] : inFlightSlots(item);
  const counters = {
    committed: byPeriod(committed),
    held: byPeriod(held),
    inFlight: inFlightIn(item, account),
    over: [
      ...attributes.filter(
        ({ window, slot }) =>
          isBehind(window, windows[window.period].number) || (slot && isOver(slot, month, moment)),
      ),
      ...places.filter(({ slot, calls }) => calls === 0 && isInFlightOver(slot, month, moment)),
    ].map(({ attribute }) => attribute),
    outdated: limitPeriods.filter((period) =>
      attributes.some(({ window }) => window.period === period && isBehind(windows[period], window.number)),
    ),
    item,
  };
  const shards = numberOf(item, shardsAttribute);
  if (!Number.isInteger(shards) || shards < 0 || shards > mostShards) {
    throw new InconsistentCounters(`The counters of ${month} cannot be spread over ${shards} shards`);
  }
  for (const period of limitPeriods) {
    if (counters.outdated.includes(period)) continue;
    if (exceeds(counters.held[period], counters.committed[period])) {
      throw new InconsistentCounters(`More of a ${period} of ${month} is held than committed`);
    }
  }
  if (counters.inFlight.counted < places.reduce((sum, { calls }) => sum + calls, 0)) {
    throw new InconsistentCounters(`Fewer calls of ${month} are counted in flight than their slots have`);
  }
  return counters;
}

/** What an item has committed of a limit; 0 if that is counted in another item. */
export function committedIn(
  item: Item,
  { moment: { windows }, month }: Pick<Account, 'moment' | 'month'>,
  { limit, period }: Counted,
): number {
  const window = windows[period];
  return window.month === month ? numberOf(item, committedAttribute(limit, window)) : 0;
}

/** What is charged for good of a limit. */
export function chargedIn({ committed, held }: Counters, { limit, period }: Counted): number {
  return committed[period][limit] - held[period][limit];
}

/** The calls in flight of an item. */
export function inFlightIn(item: Item, { moment, month, atOnce }: Account): InFlight {
  if (atOnce === undefined) return { counted: 0, dead: [] };
  return {
    counted: numberOf(item, inFlightAttribute),
    dead: inFlightSlots(item).filter(({ slot, calls }) => calls !== 0 && !isInFlight(slot, month, moment)),
  };
}

/** What several items count together. */
export function sumOf(all: readonly Counters[], item: Item): Counters {
  const total = (amounts: (counters: Counters) => Amounts) =>
    amountsOf((kind) => all.reduce((sum, counters) => sum + amounts(counters)[kind], 0));
  return {
    committed: byPeriod((period) => total(({ committed }) => committed[period])),
    held: byPeriod((period) => total(({ held }) => held[period])),
    inFlight: {
      counted: all.reduce((sum, { inFlight }) => sum + inFlight.counted, 0),
      dead: all.flatMap(({ inFlight }) => inFlight.dead),
    },
    over: [],
    outdated: limitPeriods.filter((period) => all.some(({ outdated }) => outdated.includes(period))),
    item,
  };
}

function byPeriod(amounts: (period: LimitPeriod) => Amounts): Record<LimitPeriod, Amounts> {
  return {
    minute: amounts('minute'),
    hour: amounts('hour'),
    day: amounts('day'),
    week: amounts('week'),
    month: amounts('month'),
  };
}
