import { invalidResponse, mediaType, readJson } from '../answer/read-reply.ts';
import { readStreamEvent, type StreamEvent } from '../answer/stream-event.ts';
import { errorFromEvent } from '../errors/error-from-response.ts';
import { ConnectionError, StreamInterruptedError } from '../errors/errors.ts';
import type { FetchResponse } from '../http/fetch.ts';
import { parseJson } from '../http/parse-json.ts';
import { readRequestId } from '../http/request-id.ts';
import { createEventParser } from '../http/server-sent-events.ts';
import { notAResponse, type OpenReply } from './transport.ts';

/**
 * The events of a streamed response, `start` to `done`. After `done` it reads on to the end of the response, so that
 * the connection can be used again. Throws errors of this package alone: that of an `error` event, or
 * `StreamInterruptedError` where the last event is missing.
 */
export async function* readEvents(reply: OpenReply): AsyncGenerator<StreamEvent, undefined> {
  const { attempts, guard, headers, limits, response, status } = reply;
  const reader = readerOf(response, attempts);
  if (mediaType(headers) !== 'text/event-stream') {
    reader?.cancel().catch(() => {});
    throw invalidResponse(reply);
  }
  const parser = createEventParser();
  let requestId = readRequestId(headers);
  let begun = false;
  let textReceived = false;
  let whole = false;

  const interrupted = (cause?: unknown) =>
    new StreamInterruptedError({
      message:
        'The stream broke off before the answer was whole. It may have been billed, so it is not sent again.',
      status,
      attempts,
      requestId,
      textReceived,
      cause,
    });

  /** The events that came next; `undefined` at the end of the response. */
  const nextTexts = async (): Promise<string[] | undefined> => {
    if (reader === undefined) {
      return undefined;
    }
    try {
      const read = await guard(() => reader.read());
      if (!whole) {
        limits.startListening();
      }
      return read.done ? undefined : parser.push(read.value);
    } catch (error) {
      if (whole) {
        return undefined;
      }
      throw error instanceof ConnectionError ? interrupted(error.cause) : error;
    }
  };

  /** An event without the empty line after it, unless it was cut short itself. */
  const lastTexts = (): string[] => {
    const text = parser.end();
    return text === undefined || parseJson(text) === undefined ? [] : [text];
  };

  try {
    for (let ended = false; !ended; ) {
      const texts = await nextTexts();
      ended = texts === undefined;
      for (const text of texts ?? lastTexts()) {
        const event = whole ? undefined : readJson(readStreamEvent, text, reply);
        switch (event?.type) {
          case undefined:
            continue;
          case 'error':
            throw errorFromEvent(event, { attempts, requestId, begun });
          case 'start':
            requestId = event.id;
            break;
          case 'delta':
            textReceived ||= event.text !== '';
            break;
          case 'done':
            whole = true;
        }
        if (begun === (event.type === 'start')) {
          throw invalidResponse(reply, [{ path: 'type', message: `unexpected "${event.type}"` }]);
        }
        begun = true;
        yield event;
        if (whole) {
          limits.startDraining();
        }
      }
    }
    if (!whole) {
      throw interrupted();
    }
  } finally {
    // Ends the request where its response was not read to the end.
    reader?.cancel().catch(() => {});
  }
}

type BodyReader = ReturnType<NonNullable<FetchResponse['body']>['getReader']>;

/** `undefined` where there is no body. Not every `fetch` has one that can be read in pieces. */
function readerOf({ body }: FetchResponse, attempts: number): BodyReader | undefined {
  if (body !== null && typeof body.getReader !== 'function') {
    throw notAResponse(attempts);
  }
  return body?.getReader();
}
