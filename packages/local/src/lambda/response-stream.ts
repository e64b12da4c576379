import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

class InvalidStreamingOperation extends Error {
  override readonly name = 'Runtime.InvalidStreamingOperation';
}

/** The part of a handler's `responseStream` that is the runtime's own. The rest is what a Writable has. */
export interface ResponseStream {
  /** @throws InvalidStreamingOperation after the first write. */
  setContentType(contentType: string): void;
  _onBeforeFirstWrite?: ((write: (chunk: string | Uint8Array) => void) => void) | undefined;
}

/** Takes what a function writes to where its call came from. */
export interface ResponseTransport {
  /** The next chunk waits for `ResponseWriter.accepted`. */
  send(chunk: Uint8Array): void;
  end(): void;
}

/**
 * The answer of one call. One chunk is under way at a time, so a caller that reads slowly slows the function down:
 * the rest waits in the stream's buffer, to be the next chunk, and `write` returns false when that is full.
 */
export class ResponseWriter {
  readonly #stream: Writable;
  /** Resolves once the function has ended the stream and everything was accepted. */
  readonly finished: Promise<void>;
  #accepted: (() => void) | undefined;
  #failed = false;

  /** @param highWaterMark In bytes. */
  constructor(transport: ResponseTransport, highWaterMark: number | undefined) {
    this.#stream = new Writable({
      ...(highWaterMark !== undefined && { highWaterMark }),
      writev: (chunks, callback) => {
        this.#accepted = callback;
        transport.send(Buffer.concat(chunks.map(({ chunk }) => chunk)));
      },
      final: (callback) => {
        if (this.#failed) {
          callback();
        } else {
          transport.end();
          callback();
        }
      },
    });
    this.finished = finished(this.#stream);
    this.finished.catch(() => {});
    // A write that comes too late ends in an error that may have no listener.
    this.#stream.on('error', () => {});
  }

  /** The chunk under way has arrived. */
  accepted(): void {
    const next = this.#accepted;
    this.#accepted = undefined;
    next?.();
  }

  /** Lets go what was written before the function failed. It does not count as the end of the answer. */
  async fail(): Promise<void> {
    this.#failed = !this.#stream.writableEnded;
    if (this.#failed && !this.#stream.destroyed) {
      this.#stream.end();
    }
    await this.finished.catch(() => {});
  }

  /**
   * What the handler gets: not the stream itself but these members of it, as from the runtime. So there is no `pipe`,
   * no `closed`, no `errored`, and it is not an instance of Writable.
   */
  exposed(): ResponseStream {
    const stream = this.#stream;
    let written = false;
    const exposed: ResponseStream = {
      setContentType: () => {
        if (written) {
          throw new InvalidStreamingOperation('Cannot set content-type, too late.');
        }
      },
      _onBeforeFirstWrite: undefined,
    };
    for (const name of methods) {
      const method = stream[name];
      Object.defineProperty(exposed, name, {
        value: (...parameters: unknown[]) => Reflect.apply(method, stream, parameters),
      });
    }
    for (const name of properties) {
      Object.defineProperty(exposed, name, { get: () => stream[name] });
    }
    // `end` does not come here: what it is given goes out without the prelude, as on AWS.
    Object.defineProperty(exposed, 'write', {
      value: (chunk: unknown, ...rest: unknown[]): unknown => {
        if (written) return Reflect.apply(stream.write, stream, [writable(chunk), ...rest]);
        written = true;
        stream.cork();
        exposed._onBeforeFirstWrite?.((prelude) => stream.write(prelude));
        const ready = Reflect.apply(stream.write, stream, [writable(chunk), ...rest]);
        stream.uncork();
        return ready;
      },
    });
    return exposed;
  }
}

function writable(chunk: unknown): unknown {
  return typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk);
}

const methods = [
  ...(['cork', 'destroy', 'end', 'uncork'] as const),
  ...(['addListener', 'on', 'once', 'prependListener', 'prependOnceListener'] as const),
  ...(['off', 'removeListener', 'removeAllListeners', 'setMaxListeners', 'getMaxListeners'] as const),
  ...(['listeners', 'rawListeners', 'listenerCount', 'eventNames', 'emit'] as const),
];

const properties = [
  ...(['destroyed', 'writable', 'writableCorked', 'writableEnded', 'writableFinished'] as const),
  ...(['writableHighWaterMark', 'writableLength', 'writableNeedDrain', 'writableObjectMode'] as const),
];
