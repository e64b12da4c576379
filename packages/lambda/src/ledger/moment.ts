import type { LimitPeriod } from '@org/contract';

/** A point in time, as the counters see it: its calendar month and day, UTC. */
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
