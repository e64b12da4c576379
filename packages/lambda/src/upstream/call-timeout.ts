/** The time limits of one call to Bedrock: when it must be over, and how long a stream may be silent. */
export class CallTimeout {
  /** Fires when either limit is reached; give it to the request. */
  readonly signal: AbortSignal;
  readonly #over = new AbortController();
  readonly #silentMs: number | undefined;
  #giveUp: (reason: unknown) => void = () => {};

  /** @param silentMs Milliseconds until the first byte, and from one piece to the next, at the most. Default: no limit. */
  constructor(deadline: AbortSignal, silentMs?: number) {
    this.signal = this.#over.signal;
    this.#silentMs = silentMs;
    this.signal.addEventListener('abort', () => this.#giveUp(this.signal.reason), { once: true });
    deadline.addEventListener('abort', this.#end);
    if (deadline.aborted) this.#end();
  }

  readonly #end = () => this.#over.abort();

  /** Waits for what Bedrock sends next. */
  async next<Value>(promise: Promise<Value>): Promise<Value> {
    const timer = this.#silentMs === undefined ? undefined : setTimeout(this.#end, this.#silentMs);
    try {
      // A race with one promise for the whole stream would keep something of every piece until the end.
      return await new Promise((resolve, reject) => {
        this.#giveUp = reject;
        if (this.signal.aborted) reject(this.signal.reason);
        promise.then(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** The pieces of a body as they come. The time that their reader takes is not counted as silence. */
  async *pieces<Piece>(body: AsyncIterable<Piece>): AsyncGenerator<Piece, void> {
    const iterator = body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const piece = await this.next(iterator.next());
        if (piece.done) return;
        yield piece.value;
      }
    } finally {
      // Closes the connection if the body was not read to its end.
      void iterator.return?.();
    }
  }
}
