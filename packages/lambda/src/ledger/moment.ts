import type { LimitPeriod } from '@org/contract';

/** A point in time, as the counters see it. Months and days are calendar ones, UTC. */
export interface Moment {
  /** `2026-11`. */
  readonly month: string;
  /** `22`. */
  readonly day: string;
  /** Which of the rotating slots a hold of this moment is in. */
  readonly slot: number;
  /** When each period ends, in milliseconds since 1970. */
  readonly ends: Readonly<Record<LimitPeriod, number>>;
}

/**
 * Milliseconds of a slot, more than a call can last. A call is in flight in the slot that it began in or in the next;
 * what is still held after that belongs to a call that died, and counts as charged.
 */
const slotMs = 60_000;

/** Slots are used in rotation. Between the live ones and those that are cleared there is room for a late settlement. */
const slots = 8;

/** The slots that calls in flight can be in. */
export function liveSlots({ slot }: Moment): number[] {
  return [slot, (slot + slots - 1) % slots];
}

/** The slots that are used next, and hold at most what was left over an earlier round. */
export function slotsToClear({ slot }: Moment): number[] {
  return [1, 2, 3, 4, 5].map((ahead) => (slot + ahead) % slots);
}

/** @param at Milliseconds since 1970. */
export function momentOf(at: number): Moment {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return {
    slot: Math.floor(at / slotMs) % slots,
    month: date.toISOString().slice(0, 7),
    day: date.toISOString().slice(8, 10),
    ends: { day: Date.UTC(year, month, day + 1), month: Date.UTC(year, month + 1) },
  };
}
