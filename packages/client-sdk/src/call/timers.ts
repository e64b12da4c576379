import { AbortedError, TimeoutError, type TimeoutPhase } from '../errors/errors.ts';
import { failureName } from '../errors/failure-name.ts';
import type { ErrorFacts } from '../errors/proxy-error.ts';
import { onAbort } from './on-abort.ts';

/** How long what comes after the last event of a stream is waited for, in milliseconds. */
const drainMs = 1000;

export interface TimerOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly idleTimeoutMs: number;
  /** Whether what is sent may cost something. */
  readonly billable: boolean;
}

/** What a response says before its body. */
export type ResponseFacts = Pick<ErrorFacts, 'status' | 'requestId'>;

/**
 * What can end a call from outside: the caller's signal, one attempt's time limit, a silence in a stream, or the
 * deadline. It is one signal for the whole call, because a timeout is never retried.
 */
export interface Timers {
  /** Its reason is the error to throw. */
  readonly signal: AbortSignal;
  /** How many times the request was sent. */
  readonly attempts: number;
  startAttempt(): void;
  startSending(): void;
  startReading(response: ResponseFacts): void;
  /** Some of a stream came: from now on a silence is limited, no longer the attempt. */
  startListening(): void;
  /** The response is there, and is looked at: that has no limit but the deadline. */
  startChecking(): void;
  /** The answer is whole: what still comes is waited for only a little. */
  startDraining(): void;
  startWaiting(): void;
  /** What errors say of the call so far. */
  facts(): ResponseFacts & { readonly attempts: number };
  /**
   * The outcome of `work`, or a rejection as soon as the call is ended, whether or not `work` heeds that. A call does
   * one thing after another, so there is never a second race.
   */
  race<Value>(work: Value | PromiseLike<Value>): Promise<Value>;
  abort(message: string, cause?: unknown): void;
  /** Lets go of timers and of the caller's signal, which may outlive the call. */
  end(): void;
}

export function startTimers(options: TimerOptions): Timers {
  const controller = new AbortController();
  const { signal } = controller;
  let phase: TimeoutPhase = 'api_key';
  let response: ResponseFacts = {};
  let attemptTimer: ReturnType<typeof setTimeout> | undefined;
  let giveUp: (error: unknown) => void = () => {};

  const stop = (error: Error): void => {
    controller.abort(error);
    // Its reason, for a listener may have ended the call with another error meanwhile.
    giveUp(signal.reason);
  };

  const timer = (option: 'timeoutMs' | 'deadlineMs' | 'idleTimeoutMs') => {
    const limitMs = options[option];
    return setTimeout(() => {
      const sent = phase === 'response' || phase === 'body';
      const billed = sent && options.billable ? ' An ask may have been billed.' : '';
      const message = `The call took longer than ${limitMs} ms (${option}).${billed}`;
      stop(new TimeoutError({ code: 'timeout', message, phase, limitMs, ...timers.facts() }));
    }, limitMs);
  };

  const abort = (message: string, cause?: unknown): void =>
    stop(new AbortedError({ message, cause, ...timers.facts() }));

  const timers = {
    signal,
    attempts: 0,
    startAttempt() {
      phase = 'api_key';
      response = {};
      attemptTimer = timer('timeoutMs');
    },
    startSending() {
      phase = 'response';
      timers.attempts += 1;
    },
    startReading(head: ResponseFacts) {
      phase = 'body';
      response = head;
    },
    startListening() {
      clearTimeout(attemptTimer);
      attemptTimer = timer('idleTimeoutMs');
    },
    startChecking() {
      clearTimeout(attemptTimer);
    },
    startDraining() {
      clearTimeout(attemptTimer);
      // Nobody is told: the answer was whole.
      attemptTimer = setTimeout(abort, drainMs, '');
    },
    startWaiting() {
      clearTimeout(attemptTimer);
      phase = 'retry_wait';
      response = {};
    },
    facts: () => ({ ...response, attempts: timers.attempts }),
    race<Value>(work: Value | PromiseLike<Value>): Promise<Value> {
      return new Promise((resolve, reject) => {
        giveUp = reject;
        if (signal.aborted) {
          reject(signal.reason);
        }
        Promise.resolve(work).then(resolve, reject);
      });
    },
    abort,
    end() {
      clearTimeout(deadlineTimer);
      clearTimeout(attemptTimer);
      leave?.();
    },
  };

  const { signal: given } = options;
  const leave =
    given &&
    onAbort(given, () =>
      abort(`The call was aborted by its signal${failureName(given.reason)}.`, given.reason),
    );
  // After the signal, which is the caller's code and may throw: `end` would then clear no timer.
  const deadlineTimer = timer('deadlineMs');
  return timers;
}
