import { AbortedError, TimeoutError, type TimeoutPhase } from './errors.ts';
import { onAbort } from './on-abort.ts';

export interface CallLimitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly idleTimeoutMs: number;
}

/**
 * What can end a call from outside: the caller's signal, one attempt's time limit, a silence in a stream, or the
 * deadline. It is one signal for the whole call, because a timeout is never retried.
 */
export interface CallLimits {
  /** Its reason is the error to throw. */
  readonly signal: AbortSignal;
  /** How many times the request was sent. */
  readonly attempts: number;
  startAttempt(): void;
  startSending(): void;
  startReading(): void;
  /** Some of a stream came: from now on a silence is limited, no longer the attempt. */
  startListening(): void;
  startWaiting(): void;
  /**
   * The outcome of `work`, or a rejection as soon as the call is ended, whether or not `work` heeds that. A call does
   * one thing after another, so there is never a second race.
   */
  race<Value>(work: Promise<Value>): Promise<Value>;
  abort(message: string, cause?: unknown): void;
  /** Lets go of timers and of the caller's signal, which may outlive the call. */
  end(): void;
}

export function startCallLimits(options: CallLimitOptions): CallLimits {
  const controller = new AbortController();
  const { signal } = controller;
  let phase: TimeoutPhase = 'api_key';
  let attemptTimer: ReturnType<typeof setTimeout> | undefined;
  let giveUp: (error: Error) => void = () => {};

  const stop = (error: Error): void => {
    controller.abort(error);
    giveUp(error);
  };

  const timer = (option: 'timeoutMs' | 'deadlineMs' | 'idleTimeoutMs') => {
    const limitMs = options[option];
    return setTimeout(() => {
      const billed = phase === 'response' || phase === 'body' ? ' An ask may have been billed.' : '';
      const message = `The call took longer than ${limitMs} ms (${option}).${billed}`;
      const { attempts } = limits;
      stop(new TimeoutError({ code: 'timeout', message, attempts, phase, limitMs }));
    }, limitMs);
  };

  const abort = (message: string, cause?: unknown): void =>
    stop(new AbortedError({ message, attempts: limits.attempts, cause }));

  const limits = {
    signal,
    attempts: 0,
    startAttempt() {
      phase = 'api_key';
      attemptTimer = timer('timeoutMs');
    },
    startSending() {
      phase = 'response';
      limits.attempts += 1;
    },
    startReading() {
      phase = 'body';
    },
    startListening() {
      clearTimeout(attemptTimer);
      attemptTimer = timer('idleTimeoutMs');
    },
    startWaiting() {
      clearTimeout(attemptTimer);
      phase = 'retry_wait';
    },
    race<Value>(work: Promise<Value>): Promise<Value> {
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
  const leave = given && onAbort(given, () => abort('The call was aborted by its signal.', given.reason));
  // After the signal, which is the caller's code and may throw: `end` would then clear no timer.
  const deadlineTimer = timer('deadlineMs');
  return limits;
}
