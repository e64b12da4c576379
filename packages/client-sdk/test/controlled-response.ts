import type { Fetch } from '../src/http/fetch.ts';
import { sent } from './loopback-server.ts';

/** A `fetch` whose response is a stream that the test writes itself, so that nothing depends on time. */
export function controlledResponse() {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: () => {
      cancelled = true;
    },
  });
  const fetch: Fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  return {
    fetch,
    send: (...events: (object | string)[]) => {
      for (const event of events) controller?.enqueue(encoder.encode(sent(event)));
    },
    close: () => controller?.close(),
    cancelled: () => cancelled,
  };
}
