import { Readable } from 'node:stream';
import type { FunctionError } from './messages.ts';

/** Gets the answer of a function, as it comes. */
export interface ResponseSink {
  /** `accepted` must be called when the next chunk may come. */
  chunk(bytes: Uint8Array, accepted: () => void): void;
  end(): void;
}

/** Collects an answer. */
export class PayloadBuffer implements ResponseSink {
  readonly #chunks: Uint8Array[] = [];

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  chunk(bytes: Uint8Array, accepted: () => void): void {
    this.#chunks.push(bytes);
    accepted();
  }

  end(): void {}
}

/** The function failed in the middle of its answer. */
export class CutPayloadError extends Error {
  override readonly name = 'CutPayloadError';

  constructor(cause: FunctionError) {
    super(`The function failed while it streamed: ${cause.errorType}: ${cause.errorMessage}`);
  }
}

/**
 * An answer to be read while the function writes it. It buffers nothing: a chunk is accepted when it is read. When it
 * is destroyed, as for a caller that hung up, the function runs on, and what it writes is accepted and thrown away.
 */
export class PayloadStream extends Readable implements ResponseSink {
  /** Resolves at the first chunk, or the end of an answer without any. */
  readonly begun: Promise<void>;
  readonly #begin: () => void;
  readonly #onChunk: () => void;
  #accepted: (() => void) | undefined;
  #begins = false;
  #ends = false;

  constructor(onChunk: () => void) {
    super({ highWaterMark: 0 });
    this.#onChunk = onChunk;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.begun = promise;
    this.#begin = resolve;
    // It may fail before anybody reads it; the reader gets the error then.
    this.on('error', () => {});
  }

  chunk(bytes: Uint8Array, accepted: () => void): void {
    if (this.destroyed || bytes.byteLength === 0) {
      accepted();
      return;
    }
    this.#start();
    this.#onChunk();
    this.#accepted = accepted;
    this.push(bytes);
  }

  end(): void {
    this.#start();
    this.#ends = true;
    this.push(null);
  }

  /** Cuts the answer off. Without effect where it has not begun, or has ended. */
  fail(error: FunctionError): void {
    if (this.#begins && !this.#ends) {
      this.destroy(new CutPayloadError(error));
    }
  }

  override _read(): void {
    this.#accept();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#accept();
    callback(error);
  }

  #start(): void {
    this.#begins = true;
    this.#begin();
  }

  #accept(): void {
    const accepted = this.#accepted;
    this.#accepted = undefined;
    accepted?.();
  }
}
