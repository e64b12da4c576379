import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { headers, type StreamEvent, type StreamStart } from '@org/contract';
import type { APIGatewayProxyResult } from 'aws-lambda';

/** What a streamed response begins with. */
export interface ResponseHead {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | number | boolean>>;
}

export interface StreamedResponseOptions {
  /** Sends the head of the response, and returns the stream of its body. */
  readonly open: (head: ResponseHead) => Writable;
  readonly requestId: string;
  /** Milliseconds of silence before a comment is sent. */
  readonly heartbeatMs: number;
  /** Ends the wait for a caller that reads slowly. */
  readonly signal: AbortSignal;
}

/**
 * The response to one caller: server-sent events, or where nothing was sent yet, an ordinary one.
 *
 * A caller that hangs up ends nothing: what is sent from then on goes nowhere, so that the model's answer is read to
 * its end, where its cost is.
 */
export class StreamedResponse {
  readonly #options: StreamedResponseOptions;
  #start = '';
  #body: Writable | undefined;
  #callerGone = false;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(options: StreamedResponseOptions) {
    this.#options = options;
  }

  /** Whether anything was sent: from then on an error is an event. */
  get started(): boolean {
    return this.#body !== undefined;
  }

  get callerGone(): boolean {
    return this.#callerGone;
  }

  /** Begins the events. The first goes out with the second, or alone as the first sign of life. */
  begin(start: StreamStart): void {
    this.#start = written(start);
    this.#expectSilence();
  }

  /** Resolves when the next event may be sent. */
  async send(event: StreamEvent): Promise<void> {
    await this.#write(this.#takeStart() + written(event));
  }

  /** Answers with something else than events. */
  refuse({ statusCode, headers = {}, body }: APIGatewayProxyResult): void {
    this.#open({ statusCode, headers }).write(body);
  }

  /** Ends the response. Resolves when all of it is on its way, or cannot be. */
  async end(): Promise<void> {
    clearTimeout(this.#heartbeat);
    const body = this.#body;
    if (!body || this.#callerGone) return;
    const sent = this.#until('finish', body);
    body.end();
    await sent;
  }

  #takeStart(): string {
    const start = this.#start;
    this.#start = '';
    return start;
  }

  async #write(text: string): Promise<void> {
    const body = this.#body ?? this.#open(eventStreamHead(this.#options.requestId));
    if (this.#callerGone) return;
    const ready = body.write(text);
    this.#expectSilence();
    if (!ready) await this.#until('drain', body);
  }

  #open(head: ResponseHead): Writable {
    const body = this.#options.open(head);
    const gone = () => {
      this.#callerGone = true;
    };
    body.on('error', gone).on('close', gone);
    this.#body = body;
    return body;
  }

  /**
   * Waits for what the body emits when it has passed on what it was given. The runtime's stream has few members of
   * one of Node's, so Node's own helpers cannot be used on it.
   */
  async #until(event: 'drain' | 'finish', body: Writable): Promise<void> {
    const closed = new AbortController();
    const abort = () => closed.abort();
    body.once('close', abort);
    try {
      await once(body, event, { signal: AbortSignal.any([this.#options.signal, closed.signal]) });
    } catch {
      // Nobody reads, or not in time: what follows has no one to wait for.
      this.#callerGone = true;
    } finally {
      body.off('close', abort);
    }
  }

  #expectSilence(): void {
    clearTimeout(this.#heartbeat);
    this.#heartbeat = setTimeout(() => {
      void this.#write(this.#takeStart() || ': still there\n\n');
    }, this.#options.heartbeatMs);
  }
}

function eventStreamHead(requestId: string): ResponseHead {
  return {
    statusCode: 200,
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      [headers.requestId]: requestId,
    },
  };
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
function written(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
