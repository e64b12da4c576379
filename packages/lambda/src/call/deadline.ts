/** The moment by which a call must be given up, so that there is time left to settle and answer. */
export interface Deadline {
  /** Fires when the time is up. */
  readonly signal: AbortSignal;
  /** Fires when settling must be given up too. */
  readonly settleSignal: AbortSignal;
  /** Milliseconds left. */
  remaining(): number;
}

/**
 * Milliseconds kept back from the function's own time limit: to settle, log and answer a typed 504 instead of being
 * killed in silence.
 */
const answerMarginMs = 1000;

/** Milliseconds of that margin for the answer alone. */
const sendMarginMs = 200;

/**
 * Dispose of it when the call is over. `AbortSignal.timeout` would keep whoever listened to it, and with them the whole
 * call, until the time is up.
 *
 * @param getRemainingTimeInMillis Of the invocation's context: milliseconds until Lambda kills the function.
 */
export function deadlineBefore(getRemainingTimeInMillis: () => number): Deadline & Disposable {
  const remainingBefore = (marginMs: number) => Math.max(0, getRemainingTimeInMillis() - marginMs);
  const call = new AbortController();
  const settling = new AbortController();
  const timers = [
    setTimeout(() => call.abort(), remainingBefore(answerMarginMs)),
    setTimeout(() => settling.abort(), remainingBefore(sendMarginMs)),
  ];
  return {
    signal: call.signal,
    settleSignal: settling.signal,
    remaining: () => remainingBefore(answerMarginMs),
    [Symbol.dispose]: () => timers.forEach(clearTimeout),
  };
}
