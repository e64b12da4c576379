import { type LimitPeriod, limitPeriods } from '@org/contract';
import { committedAttribute, type HeldAttribute, heldAttributes, type Item, numberOf } from '@org/table';
import { type Amounts, amountsOf, exceeds } from './amounts.ts';
import { isLive, isOver, type Moment } from './moment.ts';

/**
 * A scope's usage, as in one item. `committed` is the charges plus the holds of calls in flight. It alone decides
 * admission.
 */
export interface Counters {
  readonly committed: Readonly<Record<LimitPeriod, Amounts>>;
  /** The part of `committed` that calls in flight hold. */
  readonly held: Readonly<Record<LimitPeriod, Amounts>>;
  /** Attributes of slots that are over. Their holds are of calls that died, and are charged. */
  readonly over: readonly string[];
}

/** More is held than committed, which none of our writes causes. Such counters let nothing through. */
export class InconsistentCounters extends Error {
  override readonly name = 'InconsistentCounters';
}

/**
 * Reads an item of a month; what is missing is 0.
 *
 * @throws {InconsistentCounters}
 */
export function readCounters(item: Item, moment: Moment): Counters {
  const committed = (period: LimitPeriod) =>
    amountsOf((kind) => numberOf(item, committedAttribute(kind, period, moment.day)));
  const holds = heldAttributes(item);
  const live = holds.filter(({ slot }) => isLive(slot, moment));
  const held = (holding: readonly HeldAttribute[]) =>
    amountsOf((kind) =>
      holding.filter((hold) => hold.kind === kind).reduce((sum, { amount }) => sum + Math.max(0, amount), 0),
    );
  const counters = {
    committed: { day: committed('day'), month: committed('month') },
    held: { day: held(live.filter(({ slot }) => slot.day === moment.day)), month: held(live) },
    over: holds.filter(({ slot }) => isOver(slot, moment)).map(({ attribute }) => attribute),
  };
  for (const period of limitPeriods) {
    if (exceeds(counters.held[period], counters.committed[period])) {
      throw new InconsistentCounters(`More of a ${period} of ${moment.month} is held than committed`);
    }
  }
  return counters;
}
