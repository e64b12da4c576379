import type { Writable } from 'node:stream';
import type { HttpResponse, ResponseHead } from './response.ts';

export interface ResponseWriterOptions {
  /** Sends the head of the response, and returns the stream of its body. */
  readonly open: (head: ResponseHead) => Writable;
  /** Ends the wait for a caller that reads slowly. */
  readonly signal: AbortSignal;
}

/** A response in pieces, before its first piece. */
export interface BeginningStream {
  readonly head: ResponseHead;
  /** Goes out with the first piece, or alone as the first sign of life. */
  readonly opening: string;
  /** Sent if there is nothing else to send for long. */
  readonly ping: string;
  /** Milliseconds of silence before that. */
  readonly pingAfterMs: number;
  readonly signal: AbortSignal;
}

/**
 * The response to one caller: in pieces while it is made, or whole if nothing was sent yet.
 *
 * A caller that hangs up does not end the call: later output is dropped, so that the model's answer is read to its end,
 * which has the cost.
 */
export class ResponseWriter {
  readonly #open: (head: ResponseHead) => Writable;
  #signal: AbortSignal;
  #stream: BeginningStream | undefined;
  #opening = '';
  #body: Writable | undefined;
  #callerGone = false;
  #ping: NodeJS.Timeout | undefined;

  constructor({ open, signal }: ResponseWriterOptions) {
    this.#open = open;
    this.#signal = signal;
  }

  /** Whether anything was sent: from then on the status cannot be another. */
  get started(): boolean {
    return this.#body !== undefined;
  }

  get callerGone(): boolean {
    return this.#callerGone;
  }

  /** Begins a response in pieces. Nothing is sent yet, so that it can still become another. */
  begin(stream: BeginningStream): void {
    this.#stream = stream;
    this.#opening = stream.opening;
    this.#signal = stream.signal;
    this.#ping = setTimeout(
      () => void this.send(this.#opening === '' ? stream.ping : ''),
      stream.pingAfterMs,
    );
  }

  /** Sends a piece. Resolves when the next may be sent. */
  async send(piece: string): Promise<void> {
    if (!this.#stream) throw new TypeError('There is no response to send a piece of');
    const body = this.#body ?? this.#begin(this.#stream.head);
    const text = this.#opening + piece;
    this.#opening = '';
    this.#ping?.refresh();
    if (this.#callerGone) return;
    if (!body.write(text)) await this.#until('drain', body);
  }

  /** Responds whole, with another status if needed. */
  respond({ statusCode, headers, body }: HttpResponse): void {
    clearTimeout(this.#ping);
    this.#begin({ statusCode, headers }).write(body);
  }

  /** Ends the response. Resolves when all of it is sent, or cannot be sent. */
  async end(): Promise<void> {
    clearTimeout(this.#ping);
    const body = this.#body;
    if (!body || this.#callerGone) return;
    const sent = this.#until('finish', body);
    body.end();
    await sent;
  }

  #begin(head: ResponseHead): Writable {
    const body = this.#open(head);
    const gone = () => {
      this.#callerGone = true;
    };
    body.on('error', gone).on('close', gone);
    this.#body = body;
    return body;
  }

  /**
   * Waits for the body's event after it has passed on its data. The runtime's stream has few members of a Node stream,
   * so Node's own helpers cannot be used on it.
   */
  #until(event: 'drain' | 'finish', body: Writable): Promise<void> {
    const signal = this.#signal;
    return new Promise((resolve) => {
      const stop = () => {
        body.off(event, stop).off('close', gone).off('error', gone);
        signal.removeEventListener('abort', gone);
        resolve();
      };
      // The caller does not read, or not in time, so later writes do not wait.
      const gone = () => {
        this.#callerGone = true;
        stop();
      };
      if (signal.aborted) return gone();
      body.on(event, stop).on('close', gone).on('error', gone);
      signal.addEventListener('abort', gone);
    });
  }
}
