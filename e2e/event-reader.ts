import { type StreamEvent, StreamEventSchema } from '@org/contract';

/** The response to a streamed request, read as it arrives. */
export interface StreamedReply {
  readonly status: number;
  readonly headers: Headers;
  /** The next event; `undefined` at the end of the response, however it ends. */
  next(): Promise<StreamEvent | undefined>;
  /** All remaining events, and how the response ended. */
  rest(): Promise<{ events: StreamEvent[]; cut: boolean }>;
  /** The body as a string, for a response that is not a stream. */
  text(): Promise<string>;
  /** Hangs up. */
  hangUp(): void;
}

/** Reads a response's server-sent events one by one. */
export function readEvents(response: Response, controller: AbortController): StreamedReply {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = '';
  let cut = false;

  const next = async (): Promise<StreamEvent | undefined> => {
    for (;;) {
      const end = buffered.indexOf('\n\n');
      if (end >= 0) {
        const block = buffered.slice(0, end);
        buffered = buffered.slice(end + 2);
        if (block.startsWith(':')) continue;
        const [, type, data] = /^event: (\w+)\ndata: ([^\n]*)$/.exec(block) ?? [];
        const event = StreamEventSchema.parse(JSON.parse(data ?? ''));
        if (event.type !== type) throw new Error(`The event ${type} has the type ${event.type}.`);
        return event;
      }
      const chunk = await reader?.read().catch(() => {
        cut = true;
        return undefined;
      });
      if (chunk?.value === undefined) return undefined;
      buffered += chunk.value;
    }
  };

  return {
    status: response.status,
    headers: response.headers,
    next,
    async rest() {
      const events: StreamEvent[] = [];
      for (let event = await next(); event !== undefined; event = await next()) events.push(event);
      return { events, cut };
    },
    async text() {
      for (;;) {
        const chunk = await reader?.read();
        if (chunk?.value === undefined) return buffered;
        buffered += chunk.value;
      }
    },
    hangUp: () => controller.abort(),
  };
}
