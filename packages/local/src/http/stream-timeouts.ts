import type { Timer } from './timer.ts';

/**
 * How long a stream of a Regional API may send nothing.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
const idleMs = 300_000;

/** A streamed integration took too long. */
export class StreamTimeoutError extends Error {
  override readonly name = 'StreamTimeoutError';
}

/** The two limits on a stream's time: in total, and without a byte. */
export class StreamTimeouts {
  readonly #controller = new AbortController();
  readonly #timer: Timer;
  readonly #cancelWhole: () => void;
  #cancelIdle: () => void;

  constructor(timer: Timer, wholeMs: number) {
    this.#timer = timer;
    this.#cancelWhole = timer(wholeMs, () => {
      this.#expire(`The integration was not done after ${wholeMs} ms`);
    });
    this.#cancelIdle = this.#startIdle();
  }

  /** Aborts with a `StreamTimeoutError`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The function wrote bytes. */
  readonly restartIdle = (): void => {
    this.#cancelIdle();
    this.#cancelIdle = this.#startIdle();
  };

  readonly stop = (): void => {
    this.#cancelWhole();
    this.#cancelIdle();
  };

  #startIdle(): () => void {
    return this.#timer(idleMs, () => {
      this.#expire(`The function wrote nothing for ${idleMs} ms`);
    });
  }

  #expire(message: string): void {
    this.stop();
    this.#controller.abort(new StreamTimeoutError(message));
  }
}
