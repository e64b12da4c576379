import { errorEnvelope, streamHeartbeatMs } from '@org/contract';
import { type AskEvent, ask, type Finished } from '../call/ask.ts';
import { deadlineBefore, longestWholeMs } from '../call/deadline.ts';
import { ReplyFold } from '../call/reply.ts';
import type { ChosenModel } from '../config.ts';
import type { Door } from '../doors/door.ts';
import { createAskNotes, noteFailure } from '../log/request-log.ts';
import type { Invocation, Operation } from './invocation.ts';
import { jsonBody } from './json-body.ts';
import { header } from './received-event.ts';
import { answerResponse, eventStreamHead } from './response.ts';

/** A little less than what is promised, because a timer can be late. */
const pingAfterMs = streamHeartbeatMs - 5000;

/** Answers what comes through a door. */
export function asking(door: Door): Operation {
  return async (invocation, caller) => {
    const { event, context, options, log, started } = invocation;
    const { body, isBase64Encoded, requestContext } = event;
    const contentType = header(event, 'content-type');
    const asked = door.parse(jsonBody({ contentType, body, isBase64Encoded }));
    using deadline = deadlineBefore(
      () => context.getRemainingTimeInMillis(),
      asked.whole ? longestWholeMs : undefined,
    );
    const events = ask(asked, { ...options, caller, deadline, at: requestContext.requestTimeEpoch });
    const note = createAskNotes(log, { whole: asked.whole, started, now: options.now });
    const answer = asked.whole ? answerWhole : answerStreamed;
    await answer({ ...invocation, door, events, note, signal: deadline.signal });
  };
}

/** An answer on its way out. */
interface Answering extends Invocation {
  readonly door: Door;
  readonly events: AsyncIterable<AskEvent>;
  /** Has to get every event. */
  readonly note: (event: AskEvent) => void;
  /** Fires when the answer is given up. */
  readonly signal: AbortSignal;
}

async function answerWhole({ door, events, note, response, log }: Answering): Promise<void> {
  const fold = new ReplyFold();
  let model: ChosenModel | undefined;
  let finished: Finished | undefined;
  for await (const event of events) {
    note(event);
    switch (event.type) {
      case 'chosen':
        model = event.model;
        break;
      case 'finished':
        finished = event.finished;
        break;
      case 'admitted':
      case 'replied':
      case 'settled':
        break;
      default:
        fold.add(event);
    }
  }
  if (!model || !finished) throw new TypeError('The ask has neither failed nor finished');
  const { requestId } = log;
  const body = door.answer(fold.reply, { requestId, model, finished });
  response.respond(answerResponse(body, requestId, finished.limits));
}

/** A caller that hangs up ends nothing: the answer is read to its end, where its cost is. */
async function answerStreamed(answering: Answering): Promise<void> {
  const { door, events, note, response, log, signal } = answering;
  const { requestId } = log;
  const { frame, ping, failed } = door.frames(requestId);
  try {
    for await (const event of events) {
      note(event);
      const piece = frame(event);
      if (event.type === 'admitted') {
        response.begin({ head: eventStreamHead(requestId), opening: piece, ping, pingAfterMs, signal });
      } else if (piece !== '') {
        await response.send(piece);
      }
    }
  } catch (thrown) {
    if (!response.started) throw thrown;
    await response.send(failed(errorEnvelope(noteFailure(thrown, log).statement, requestId)));
  }
}
