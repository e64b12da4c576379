/** The gateway's only source of time for limits and `requestTimeEpoch`. Timeouts run on real time. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
