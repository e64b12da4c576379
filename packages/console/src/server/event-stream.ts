import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Env } from './env.ts';
import { type Failure, failureOf } from './failures.ts';

/** What ends a stream that cannot go on. */
export interface Failed extends Failure {
  readonly type: 'failed';
}

/**
 * Answers with events as they happen, each as JSON. An error becomes the last one.
 *
 * @param run Sends the events, in the order of its calls. Its signal says that the page has gone.
 */
export function eventStream<Event>(
  c: Context<Env>,
  run: (send: (event: Event) => void, signal: AbortSignal) => Promise<void>,
): Response {
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    let written: Promise<void> = Promise.resolve();
    const write = (event: Event | Failed) => {
      written = written.then(() => stream.writeSSE({ data: JSON.stringify(event) }));
    };
    try {
      await run(write, gone.signal);
    } catch (error) {
      if (!gone.signal.aborted) write({ type: 'failed', ...failureOf(error, c.env).body });
    }
    await written;
  });
}
