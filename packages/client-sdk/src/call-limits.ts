import { AbortedError, TimeoutError, type TimeoutPhase } from './errors.ts';

export interface CallLimitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly idleTimeoutMs: number;
}

/**
 * What can end a call from outside: the caller's signal, one attempt's time limit, a silence in a stream, or the
 * deadline. The reason of `signal` is the error to throw. It is one signal for the whole call, because a timeout is
 * never retried.
 */
export class CallLimits {
  readonly #controller = new AbortController();
  readonly #options: CallLimitOptions;
  readonly #deadline: ReturnType<typeof setTimeout>;
  #attempt: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  #phase: TimeoutPhase = 'api_key';

  constructor(options: CallLimitOptions) {
    this.#options = options;
    options.signal?.addEventListener('abort', this.#onSignal);
    // After the signal, which is the caller's code and may throw: `end` would then clear no timer.
    this.#deadline = setTimeout(() => this.#timeOut('deadlineMs'), options.deadlineMs);
    if (options.signal?.aborted) {
      this.#onSignal();
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** How many times the request was sent. */
  get attempts(): number {
    return this.#attempts;
  }

  startAttempt(): void {
    this.#phase = 'api_key';
    this.#attempt = setTimeout(() => this.#timeOut('timeoutMs'), this.#options.timeoutMs);
  }

  startSending(): void {
    this.#phase = 'response';
    this.#attempts += 1;
  }

  startReading(): void {
    this.#phase = 'body';
  }

  /** Some of a stream came: from now on a silence is limited, no longer the attempt. */
  startListening(): void {
    clearTimeout(this.#attempt);
    this.#attempt = setTimeout(() => this.#timeOut('idleTimeoutMs'), this.#options.idleTimeoutMs);
  }

  startWaiting(): void {
    clearTimeout(this.#attempt);
    this.#phase = 'retry_wait';
  }

  /** The outcome of `work`, or a rejection as soon as the call is ended, whether or not `work` heeds that. */
  async race<Value>(work: Promise<Value>): Promise<Value> {
    const { signal } = this;
    let onAbort = () => {};
    const ended = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason);
    });
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) {
      onAbort();
    }
    try {
      return await Promise.race([ended, work]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Lets go of timers and of the caller's signal, which may outlive the call. */
  end(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#attempt);
    this.#options.signal?.removeEventListener('abort', this.#onSignal);
  }

  readonly #onSignal = (): void => {
    this.abort('The call was aborted by its signal.', this.#options.signal?.reason);
  };

  abort(message: string, cause?: unknown): void {
    this.#controller.abort(new AbortedError({ message, attempts: this.#attempts, cause }));
  }

  #timeOut(option: 'timeoutMs' | 'deadlineMs' | 'idleTimeoutMs'): void {
    const limitMs = this.#options[option];
    const billed = this.#phase === 'response' || this.#phase === 'body' ? ' An ask may still be billed.' : '';
    this.#controller.abort(
      new TimeoutError({
        code: 'timeout',
        message: `The call took longer than ${limitMs} ms (${option}).${billed}`,
        attempts: this.#attempts,
        phase: this.#phase,
        limitMs,
      }),
    );
  }
}
