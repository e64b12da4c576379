import type { LimitPeriod, Route } from '@org/contract';
import { longestCallMs } from '../environment.ts';

/** A point in time, as the counters see it. Months and days are calendar ones, UTC. */
export interface Moment {
  /** `2026-11`. */
  readonly month: string;
  /** `22`. */
  readonly day: string;
  /** When each period ends, in milliseconds since 1970. */
  readonly ends: Readonly<Record<LimitPeriod, number>>;
  /** Where the holds of this moment are counted. */
  readonly slots: Slots;
}

/** How a call is answered, which decides how long it may last. */
export type Transfer = Route['transfer'];

/** Names of the slots that holds are counted in. */
export interface Slots {
  /** Of a hold that begins now, by how its call is answered. */
  readonly current: Readonly<Record<Transfer, string>>;
  /** Those that calls in flight can be in. */
  readonly live: readonly string[];
  /** Those that are used next, and hold at most what was left over an earlier round. */
  readonly stale: readonly string[];
}

/**
 * Holds are counted in slots of time, used in rotation. A call is in flight in the slot that it began in or in the
 * next; what is still held after that belongs to a call that died, and counts as charged. So a slot is longer than a
 * call can last, with room for the time that it took to begin, and streams have slots of their own: in shorter ones
 * their holds would pass for dead, and in their long ones dead holds of other calls would pass for live.
 */
const slotSeries: Readonly<Record<Transfer, SlotSeries>> = {
  buffered: { prefix: 'h', slotMs: longestCallMs.buffered + 31_000, slots: 8 },
  stream: { prefix: 's', slotMs: longestCallMs.stream + 60_000, slots: 5 },
};

interface SlotSeries {
  readonly prefix: string;
  readonly slotMs: number;
  readonly slots: number;
}

/** Slots that are left alone: the live ones, and one of room for late settlements. */
const keptSlots = 3;

/** @param at Milliseconds since 1970. */
export function momentOf(at: number): Moment {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return {
    month: date.toISOString().slice(0, 7),
    day: date.toISOString().slice(8, 10),
    ends: { day: Date.UTC(year, month, day + 1), month: Date.UTC(year, month + 1) },
    slots: slotsAt(at),
  };
}

function slotsAt(at: number): Slots {
  const named = ({ prefix, slotMs, slots }: SlotSeries) => {
    const nameOf = (ahead: number) => `${prefix}${(Math.floor(at / slotMs) + ahead) % slots}`;
    const stale = Array.from({ length: slots - keptSlots }, (_, index) => nameOf(index + 1));
    return { current: nameOf(0), live: [nameOf(0), nameOf(slots - 1)], stale };
  };
  const buffered = named(slotSeries.buffered);
  const stream = named(slotSeries.stream);
  return {
    current: { buffered: buffered.current, stream: stream.current },
    live: [...buffered.live, ...stream.live],
    stale: [...buffered.stale, ...stream.stale],
  };
}
