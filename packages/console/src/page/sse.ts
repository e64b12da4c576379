import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Failed } from '../server/event-stream.ts';
import { Failure, failureOf } from './api.ts';

/** The part of a response that a stream is read from. */
type Streamed = Pick<Response, 'ok' | 'status' | 'body' | 'json'>;

/**
 * The events of an answer, as they come. Like the typed client, it takes the server's word for their type.
 *
 * @throws {Failure} If there is no answer, it is a refusal, or the work failed after it began.
 */
export async function* readEvents<Event>(asked: Promise<Streamed>): AsyncGenerator<Event> {
  const response = await asked.catch(() => {
    throw new Failure(
      0,
      'The console’s server does not answer.',
      'Check that it still runs, then try again.',
    );
  });
  if (!response.ok || !response.body) {
    throw failureOf(response.status, await response.json().catch(() => undefined));
  }
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { data } of events) {
    const event: Event | Failed = JSON.parse(data);
    if (isFailed(event)) throw failureOf(500, event);
    yield event;
  }
}

function isFailed(event: unknown): event is Failed {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'failed';
}
