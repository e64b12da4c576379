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
 * Holds are counted in slots of time, numbered from the beginning of their day, so that each day's holds are known
 * separately. A call is over before its slot's length has passed again after the slot. A hold left after that belongs
 * to a call that died, and counts as charged. So a slot is longer than a call can last, with room for the time to
 * begin. Longer calls have their own slots: in short slots their holds would count as dead, and in long slots dead
 * holds of other calls would count as live.
 */
const slotMs: Readonly<Record<Duration, number>> = {
  short: longestCallMs.whole + 60_000,
  long: longestCallMs.stream + 60_000,
};

/** The slot of a call that begins now. */
export function slotOf({ at, day, ends }: Moment, duration: Duration): Slot {
  const dayBegan = ends.day - dayMs;
  return { day, duration, number: Math.floor((at - dayBegan) / slotMs[duration]) };
}

/** Whether a slot's holds can be of calls in flight. */
export function isLive(slot: Slot, moment: Moment): boolean {
  return endOf(slot, moment) + slotMs[slot.duration] > moment.at;
}

/** Whether a slot's holds are of dead calls only, and no settlement, however late, will change it. */
export function isOver(slot: Slot, moment: Moment): boolean {
  return endOf(slot, moment) + 2 * slotMs[slot.duration] <= moment.at;
}

const dayMs = 24 * 60 * 60 * 1000;

/** The last slot of a day ends with it. Months are those of the moment: an item has no other. */
function endOf({ day, duration, number }: Slot, { month }: Moment): number {
  const dayBegan = Date.parse(`${month}-${day}T00:00:00Z`);
  return Math.min(dayBegan + (number + 1) * slotMs[duration], dayBegan + dayMs);
}
