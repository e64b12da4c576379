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
  /** The slots that the holds of this moment are counted in, by how their calls are answered. */
  readonly slots: Readonly<Record<Transfer, number>>;
}

/** How a call is answered, which decides how long it may last. */
export type Transfer = Route['transfer'];

/**
 * Holds are counted in slots of time, numbered from the beginning of the month. A call is in flight in the slot that it
 * began in or in the next; what is still held after that belongs to a call that died, and counts as charged. So a slot
 * is longer than a call can last, with room for the time that it took to begin, and streams have slots of their own: in
 * shorter ones their holds would pass for dead, and in their long ones dead holds of other calls would pass for live.
 */
const slotMs: Readonly<Record<Transfer, number>> = {
  buffered: longestCallMs.buffered + 31_000,
  stream: longestCallMs.stream + 60_000,
};

/** A slot of holds. */
export interface Slot {
  readonly transfer: Transfer;
  readonly number: number;
}

/** Whether what is held in a slot can be of calls in flight. */
export function isLive({ transfer, number }: Slot, { slots }: Moment): boolean {
  return number >= slots[transfer] - 1;
}

/** Whether what is held in a slot is of dead calls only, and no settlement, however late, will come to it. */
export function isOver({ transfer, number }: Slot, { slots }: Moment): boolean {
  return number < slots[transfer] - 2;
}

/** @param at Milliseconds since 1970. */
export function momentOf(at: number): Moment {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const slot = (transfer: Transfer) => Math.floor((at - Date.UTC(year, month)) / slotMs[transfer]);
  return {
    month: date.toISOString().slice(0, 7),
    day: date.toISOString().slice(8, 10),
    ends: { day: Date.UTC(year, month, day + 1), month: Date.UTC(year, month + 1) },
    slots: { buffered: slot('buffered'), stream: slot('stream') },
  };
}
