/** The time limits of one stream from Bedrock: when it must be over, and how long it may be silent. */
export class StreamWatch {
  /** Fires when either limit is reached; give it to the request. */
  readonly signal: AbortSignal;
  readonly #over = new AbortController();
  readonly #silentMs: number;
  #giveUp: (reason: unknown) => void = () => {};

  /** @param silentMs Milliseconds until the first event, and from one to the next, at the most. */
  constructor(deadline: AbortSignal, silentMs: number) {
    this.signal = this.#over.signal;
    this.#silentMs = silentMs;
    this.signal.addEventListener('abort', () => this.#giveUp(this.signal.reason), { once: true });
    deadline.addEventListener('abort', this.#end);
    if (deadline.aborted) this.#end();
  }

  readonly #end = () => this.#over.abort();

  /** Waits for what Bedrock sends next. */
  async next<Value>(promise: Promise<Value>): Promise<Value> {
    const timer = setTimeout(this.#end, this.#silentMs);
    try {
      // A race with one promise for the whole stream would keep something of every event until the end.
      return await new Promise((resolve, reject) => {
        this.#giveUp = reject;
        if (this.signal.aborted) reject(this.signal.reason);
        promise.then(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** The stream's events. The time that their reader takes is not counted as silence. */
  async *events<Event>(stream: AsyncIterable<Event>): AsyncGenerator<Event> {
    const iterator = stream[Symbol.asyncIterator]();
    for (;;) {
      const event = await this.next(iterator.next());
      if (event.done) return;
      yield event.value;
    }
  }
}
