import { type ErrorEnvelope, parseJson } from '@org/contract';
import { isUnknownBlock, isUnknownDelta } from '../answer/known-blocks.ts';
import { eventSchemas, type SentEvent } from '../answer/stream-event.ts';
import { checkLength, notInPieces, type OpenReply, piecesOf } from '../call/open-reply.ts';
import { invalidResponse, readJson, readValue } from '../call/reply.ts';
import { errorFromEvent } from '../errors/error-from-response.ts';
import { ConnectionError, StreamInterruptedError } from '../errors/errors.ts';
import { readMediaType, readRequestId } from '../http/response-headers.ts';
import { field, textField } from '../options/duck-typing.ts';
import { createEventParser } from './server-sent-events.ts';

/** An event that belongs to an answer. */
export type AnswerEvent = Exclude<SentEvent, ErrorEnvelope>;

/**
 * Reads the events of a streamed response, `start` to `done`. Throws only errors of this package: that of an `error`
 * event, or `StreamInterruptedError` if the last event is missing.
 */
export interface EventReader {
  /** The next event that has already arrived; `undefined` if there is none. */
  take(): AnswerEvent | undefined;
  /** Waits for the next event. */
  next(): Promise<AnswerEvent>;
  /** Reads on to the end of the response after `done`, so that the connection can be used again. */
  drain(): Promise<void>;
  /** Ends the request, unless its response was read to the end. */
  close(): void;
}

export function readEvents(reply: OpenReply): EventReader {
  const { attempts, headers, status, timers } = reply;
  const pieces = piecesOf(reply, 'stream');
  const close = (): void => pieces?.close();
  if (readMediaType(headers) !== 'text/event-stream') {
    close();
    throw invalidResponse(reply);
  }
  if (pieces === undefined) {
    throw notInPieces(attempts);
  }
  const parser = createEventParser();
  let texts: readonly string[] = [];
  let taken = 0;
  let ended = false;
  let requestId = readRequestId(headers);
  let begun = false;
  let blockSkipped = false;
  let textReceived = false;

  const interrupted = (cause?: unknown) =>
    new StreamInterruptedError({
      message:
        'The stream broke before the whole answer arrived. It may have been billed, so it is not retried.',
      status,
      attempts,
      requestId,
      textReceived,
      cause,
    });

  const nextBytes = async (): Promise<Uint8Array | undefined> => {
    const bytes = await pieces.next();
    ended = bytes === undefined;
    return bytes;
  };

  /** Waits for more of the response, and keeps the events that it completes. */
  const receive = async (): Promise<void> => {
    try {
      const bytes = await nextBytes();
      timers.startListening();
      texts = bytes === undefined ? lastTexts() : parser.push(bytes);
      checkLength(parser.pending(), 'whole', reply);
      taken = 0;
    } catch (error) {
      throw error instanceof ConnectionError ? interrupted(error.cause) : error;
    }
  };

  /** An event without the empty line after it, unless it was cut short itself. */
  const lastTexts = (): string[] => {
    const text = parser.end();
    return text === undefined || parseJson(text) === undefined ? [] : [text];
  };

  const take = (): AnswerEvent | undefined => {
    while (taken < texts.length) {
      const event = readEvent(texts[taken] ?? '');
      taken += 1;
      if (event !== undefined) {
        return inPlace(event);
      }
    }
    return undefined;
  };

  /** The event; `undefined` if a newer proxy has added its type, or what it is about. */
  const readEvent = (text: string): SentEvent | undefined => {
    const value = readJson(text, reply);
    const type = textField(value, 'type');
    if (type === undefined) {
      throw invalidResponse(reply, [{ path: 'type', message: 'expected string' }]);
    }
    return isKnown(type) && !isSkipped(type, value) ? readValue(eventSchemas[type], value, reply) : undefined;
  };

  /** Whether an event is about a block, or has a piece of one, that a newer proxy has added. */
  const isSkipped = (type: SentEvent['type'], value: unknown): boolean => {
    const block = textField(field(value, 'block'), 'type');
    const delta = textField(field(value, 'delta'), 'type');
    switch (type) {
      case 'block_start':
        blockSkipped = block !== undefined && isUnknownBlock(block);
        return blockSkipped;
      case 'block_delta':
        return blockSkipped || (delta !== undefined && isUnknownDelta(delta));
      case 'block_end':
        return blockSkipped;
      default:
        return false;
    }
  };

  /** Returns the event if it may come at this place. */
  const inPlace = (event: SentEvent): AnswerEvent => {
    if (event.type === 'error') {
      throw errorFromEvent(event, { attempts, requestId, begun });
    }
    if (begun === (event.type === 'start')) {
      throw invalidResponse(reply, [{ path: 'type', message: `unexpected "${event.type}"` }]);
    }
    begun = true;
    if (event.type === 'start') {
      requestId = event.id;
    }
    textReceived ||= event.type === 'delta' && event.text !== '';
    return event;
  };

  const next = async (): Promise<AnswerEvent> => {
    try {
      for (;;) {
        const event = take();
        if (event !== undefined) {
          return event;
        }
        if (ended) {
          throw interrupted();
        }
        await receive();
      }
    } catch (error) {
      close();
      throw error;
    }
  };

  const drain = async (): Promise<void> => {
    timers.startDraining();
    try {
      while (!ended) {
        await nextBytes();
      }
    } catch {
      // The answer is complete: a failure after it does not matter.
    }
  };

  return { take, next, drain, close };
}

function isKnown(type: string): type is SentEvent['type'] {
  return Object.hasOwn(eventSchemas, type);
}
