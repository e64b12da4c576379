/** The moment by which a call must be given up, so that there is time left to settle and answer. */
export interface Deadline {
  /** Fires when the time is up. */
  readonly signal: AbortSignal;
  /** Milliseconds left. */
  remaining(): number;
  /** Milliseconds until the function is killed. */
  untilKilled(): number;
}

/**
 * Milliseconds kept back from the function's own time limit: to settle, log and answer a typed 504 instead of being
 * killed in silence.
 */
const answerMarginMs = 1000;

/** Milliseconds of that margin for the answer alone. */
const sendMarginMs = 200;

/** @param getRemainingTimeInMillis Of the invocation's context: milliseconds until Lambda kills the function. */
export function deadlineBefore(getRemainingTimeInMillis: () => number): Deadline {
  const remaining = () => Math.max(0, getRemainingTimeInMillis() - answerMarginMs);
  return { signal: AbortSignal.timeout(remaining()), remaining, untilKilled: getRemainingTimeInMillis };
}

/** Fires when settling must be given up, which may be after the deadline. */
export function settleSignal(deadline: Deadline): AbortSignal {
  return AbortSignal.timeout(Math.max(0, deadline.untilKilled() - sendMarginMs));
}
