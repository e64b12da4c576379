import { type LimitPeriod, longestCallMs } from '@org/contract';
import type { Duration, Slot } from '@org/table';

/** A point in time, as the counters see it. Months and days are calendar ones, UTC. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `2026-11`. */
  readonly month: string;
  /** `22`. */
  readonly day: string;
  /** When each period ends, in milliseconds since 1970. */
  readonly ends: Readonly<Record<LimitPeriod, number>>;
}

/** @param at Milliseconds since 1970. */
export function momentOf(at: number): Moment {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return {
    at,
    month: date.toISOString().slice(0, 7),
    day: date.toISOString().slice(8, 10),
    ends: { day: Date.UTC(year, month, day + 1), month: Date.UTC(year, month + 1) },
  };
}

/**
 * Holds are counted in slots of time, numbered from the beginning of their day, so that what is held of a day is known
 * apart from the days around it. A call is over before as much time again has passed as its slot has; what is still
 * held after that belongs to a call that died, and counts as charged. So a slot is longer than a call can last, with
 * room for the time that it took to begin, and longer calls have slots of their own: in shorter ones their holds would
 * pass for dead, and in their long ones dead holds of other calls would pass for live.
 */
const slotMs: Readonly<Record<Duration, number>> = {
  short: longestCallMs.whole + 60_000,
  long: longestCallMs.stream + 60_000,
};

/** The slot that the hold of a call is counted in which begins now. */
export function slotOf({ at, day, ends }: Moment, duration: Duration): Slot {
  const dayBegan = ends.day - dayMs;
  return { day, duration, number: Math.floor((at - dayBegan) / slotMs[duration]) };
}

/** Whether what is held in a slot can be of calls in flight. */
export function isLive(slot: Slot, moment: Moment): boolean {
  return endOf(slot, moment) + slotMs[slot.duration] > moment.at;
}

/** Whether what is held in a slot is of dead calls only, and no settlement, however late, will come to it. */
export function isOver(slot: Slot, moment: Moment): boolean {
  return endOf(slot, moment) + 2 * slotMs[slot.duration] <= moment.at;
}

const dayMs = 24 * 60 * 60 * 1000;

/** The last slot of a day ends with it. Months are those of the moment: an item has no other. */
function endOf({ day, duration, number }: Slot, { month }: Moment): number {
  const dayBegan = Date.parse(`${month}-${day}T00:00:00Z`);
  return Math.min(dayBegan + (number + 1) * slotMs[duration], dayBegan + dayMs);
}
