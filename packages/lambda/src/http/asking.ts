import { errorEnvelope, streamHeartbeatMs } from '@org/contract';
import { type AskEvent, ask, type Finished } from '../call/ask.ts';
import { deadlineBefore, longestWholeMs } from '../call/deadline.ts';
import type { ChosenModel } from '../config.ts';
import type { Door, ReadRequest } from '../doors/door.ts';
import { spelled } from '../doors/spelling.ts';
import { createAskNotes, noteFailure } from '../log/request-log.ts';
import type { Invocation, Operation } from './invocation.ts';
import { jsonBody } from './json-body.ts';
import { header } from './received-event.ts';
import { answerResponse, eventStreamHead, withLoweredTokens } from './response.ts';

/** A little less than promised, because a timer can be late. */
const pingAfterMs = streamHeartbeatMs - 5000;

/**
 * The operation of a route that asks a model: reads the request as its API (door) has it, asks, and answers whole or as a
 * stream.
 */
export function asking(door: Door): Operation {
  return async (invocation, caller) => {
    const { event, context, options, log, observers, started } = invocation;
    const { isBase64Encoded, requestContext } = event;
    const body = jsonBody({
      contentType: header(event, 'content-type'),
      contentEncoding: header(event, 'content-encoding'),
      body: event.body,
      isBase64Encoded,
    });
    const asked = door.parse(body, (name) => header(event, name));
    log.customer = asked.customer;
    try {
      using deadline = deadlineBefore(
        () => context.getRemainingTimeInMillis(),
        asked.whole ? longestWholeMs : undefined,
      );
      const events = ask(asked, { ...options, caller, deadline, at: requestContext.requestTimeEpoch });
      const noteInLog = createAskNotes(log, { whole: asked.whole, started, now: options.now });
      const note = (event: AskEvent) => {
        noteInLog(event);
        for (const observer of observers) observer.note(event);
      };
      const { requestId, requestTimeEpoch: at } = requestContext;
      const request = { requestId, at, body };
      const answering = { ...invocation, door, request, events, note, signal: deadline.signal };
      await (asked.whole ? answerWhole(answering) : answerStreamed(answering));
    } catch (thrown) {
      throw spelled(thrown, door.spelling);
    }
  };
}

/** An answer on its way out. */
interface Answering extends Invocation {
  readonly door: Door;
  readonly request: ReadRequest;
  readonly events: AsyncIterable<AskEvent>;
  /** Has to get every event. */
  readonly note: (event: AskEvent) => void;
  /** Fires when the answer is given up. */
  readonly signal: AbortSignal;
}

async function answerWhole({ door, request, events, note, response }: Answering): Promise<void> {
  let model: ChosenModel | undefined;
  let finished: Finished | undefined;
  let lowered: number | undefined;
  for await (const event of events) {
    note(event);
    if (event.type === 'chosen') model = event.model;
    else if (event.type === 'admitted') lowered = event.maxTokensLoweredTo;
    else if (event.type === 'finished') finished = event.finished;
  }
  if (!model || !finished) throw new TypeError('The ask has neither failed nor finished');
  const answer = door.answer({ ...request, model, finished });
  const whole = answerResponse(answer, request.requestId, finished);
  response.respond(withLoweredTokens(whole, lowered));
}

/** A caller that hangs up does not end the call: the answer is read to its end, which has the cost. */
async function answerStreamed(answering: Answering): Promise<void> {
  const { door, request, events, note, response, log, signal } = answering;
  const { requestId } = request;
  if (!door.frames) throw new TypeError('A door without streams was asked for one');
  const { frame, ping, failed } = door.frames(request);
  try {
    for await (const event of events) {
      note(event);
      const piece = frame(event);
      if (event.type === 'admitted') {
        const head = withLoweredTokens(eventStreamHead(requestId, event.warnings), event.maxTokensLoweredTo);
        response.begin({ head, opening: piece, ping, pingAfterMs, signal });
      } else if (piece !== '') {
        await response.send(piece);
      }
    }
  } catch (thrown) {
    if (!response.started) throw thrown;
    await response.send(
      failed(errorEnvelope(noteFailure(spelled(thrown, door.spelling), log).statement, requestId)),
    );
  }
}
