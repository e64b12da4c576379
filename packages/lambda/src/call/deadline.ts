import { longestCallMs } from '@org/contract';

/** Milliseconds for a whole answer. API Gateway's count includes the time that the function takes to start. */
export const longestWholeMs = longestCallMs.whole - 5000;

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
 * Milliseconds kept back from the available time: to settle, log and answer a typed 504 instead of being cut off
 * silently.
 */
const answerMarginMs = 1000;

/** Milliseconds of that margin for the answer alone. */
const sendMarginMs = 200;

/**
 * Dispose of it when the call is over. `AbortSignal.timeout` would keep its listeners, and with them the whole call,
 * until the time is up.
 *
 * @param getRemainingTimeInMillis Of the invocation's context: milliseconds until Lambda kills the function.
 * @param longestMs The most milliseconds from now. Default: no other limit.
 */
export function deadlineBefore(
  getRemainingTimeInMillis: () => number,
  longestMs = Number.POSITIVE_INFINITY,
): Deadline & Disposable {
  const spareMs = Math.max(0, getRemainingTimeInMillis() - longestMs);
  const remainingBefore = (marginMs: number) => Math.max(0, getRemainingTimeInMillis() - spareMs - marginMs);
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
