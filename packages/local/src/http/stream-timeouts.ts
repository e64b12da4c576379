import type { EndpointType } from '../template/api.ts';
import type { Timer } from './timer.ts';

/**
 * How long a stream may bring nothing.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
export const idleTimeoutMs = {
  EDGE: 30_000,
  REGIONAL: 300_000,
  PRIVATE: 300_000,
} as const satisfies Record<EndpointType, number>;

/** An integration whose answer is streamed took too long. */
export class StreamTimeoutError extends Error {
  override readonly name = 'StreamTimeoutError';
}

/** The two limits on the time that a stream takes: in all, and without a byte. */
export class StreamTimeouts {
  readonly #controller = new AbortController();
  readonly #timer: Timer;
  readonly #idleMs: number;
  readonly #cancelWhole: () => void;
  #cancelIdle: () => void;

  constructor(timer: Timer, limits: { readonly wholeMs: number; readonly idleMs: number }) {
    this.#timer = timer;
    this.#idleMs = limits.idleMs;
    this.#cancelWhole = timer(limits.wholeMs, () => {
      this.#expire(`The integration was not done after ${limits.wholeMs} ms`);
    });
    this.#cancelIdle = this.#startIdle();
  }

  /** Aborts with a `StreamTimeoutError`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The function wrote something. */
  readonly restartIdle = (): void => {
    this.#cancelIdle();
    this.#cancelIdle = this.#startIdle();
  };

  readonly stop = (): void => {
    this.#cancelWhole();
    this.#cancelIdle();
  };

  #startIdle(): () => void {
    return this.#timer(this.#idleMs, () => {
      this.#expire(`The function wrote nothing for ${this.#idleMs} ms`);
    });
  }

  #expire(message: string): void {
    this.stop();
    this.#controller.abort(new StreamTimeoutError(message));
  }
}
