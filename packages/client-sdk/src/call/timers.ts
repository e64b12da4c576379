import { AbortedError, TimeoutError, type TimeoutPhase } from '../errors/errors.ts';
import { failureName } from '../errors/failure-name.ts';
import type { ErrorFacts } from '../errors/proxy-error.ts';
import { onAbort } from './on-abort.ts';

/** How long to wait for the end of the response after the last event of a stream, in milliseconds. */
const drainMs = 1000;

export interface TimerOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly idleTimeoutMs: number;
  /** Whether the request may cost something. */
  readonly billable: boolean;
}

/** What errors need of the head of a response. */
export type ResponseFacts = Pick<ErrorFacts, 'status' | 'requestId'>;

/**
 * What can end a call from outside: the caller's signal, the time limit of an attempt, a silence in a stream, or the
 * deadline. There is one signal for the whole call, because a timeout is never retried.
 */
export interface Timers {
  /** Aborted when the call ends early. Its reason is the error to throw. */
  readonly signal: AbortSignal;
  /** How many times the request was sent. */
  readonly attempts: number;
  startAttempt(): void;
  startSending(): void;
  startReading(response: ResponseFacts): void;
  /** Something of a stream arrived: from now on silences are limited instead of the attempt. */
  startListening(): void;
  /** The response has arrived and is checked: only the deadline limits that. */
  startChecking(): void;
  /** The answer is complete: the end of the response is waited for only a little. */
  startDraining(): void;
  startWaiting(): void;
  /** What errors say about the call so far. */
  facts(): ResponseFacts & { readonly attempts: number };
  /**
   * The outcome of `work`, or a rejection as soon as the call is ended, even if `work` goes on. A call does one thing
   * after another, so there is never a second race.
   */
  race<Value>(work: Value | PromiseLike<Value>): Promise<Value>;
  abort(message: string, cause?: unknown): void;
  /** Clears the timers, and the listener on the caller's signal, which may outlive the call. */
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
    // The reason of the signal, because a listener may have ended the call with another error in the meantime.
    giveUp(signal.reason);
  };

  const mayBeBilled = (): boolean => options.billable && (phase === 'response' || phase === 'body');
  const billed = (): string => (mayBeBilled() ? ' It may have been billed.' : '');

  const timer = (option: 'timeoutMs' | 'deadlineMs' | 'idleTimeoutMs') => {
    const limitMs = options[option];
    return setTimeout(() => {
      const advice = mayBeBilled() ? `Ask for less, or raise ${option}.` : `Raise ${option} to wait longer.`;
      const message = `The call took longer than ${limitMs} ms (${option}).${billed()} ${advice}`;
      stop(new TimeoutError({ code: 'timeout', message, phase, limitMs, ...timers.facts() }));
    }, limitMs);
  };

  const abort = (message: string, cause?: unknown): void =>
    stop(new AbortedError({ message: message + billed(), cause, ...timers.facts() }));

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
      // The answer is complete, so no caller sees this error.
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
  // After the signal, which is the caller's code and may throw: then `end` would not clear the timer.
  const deadlineTimer = timer('deadlineMs');
  return timers;
}
