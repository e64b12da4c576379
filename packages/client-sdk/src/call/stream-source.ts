import type { Answer } from '../answer/answer.ts';
import type { EventSource } from '../answer/answer-stream.ts';
import { underLimits } from './exchange.ts';
import { readEvents } from './read-events.ts';
import type { CallLimits } from './timers.ts';
import { type Call, send } from './transport.ts';

/**
 * The events of one streamed call. It is sent again only before its first event, by the same rules as any other.
 *
 * @param finish - Makes the answer of the call from that of the proxy, or throws.
 */
export function streamSource(call: Call, finish: (answer: Answer) => Promise<Answer>): EventSource<Answer> {
  let limits: CallLimits | undefined;
  return {
    abort: (message) => limits?.abort(message),
    run: (told) =>
      underLimits(call, (begun, succeeded) => {
        limits = begun;
        const final = (answer: Answer): void => {
          succeeded(answer);
          told.final(answer);
        };
        return tell(call, begun, finish, { ...told, final });
      }),
  };
}

async function tell(
  call: Call,
  limits: CallLimits,
  finish: (answer: Answer) => Promise<Answer>,
  told: Parameters<EventSource<Answer>['run']>[0],
): Promise<void> {
  const { attempts, events, first } = await send(call, limits, async (reply) => {
    const events = readEvents(reply);
    return { attempts: reply.attempts, events, first: await events.next() };
  });
  let head = { id: '', model: '', modelId: '' };
  let text = '';
  try {
    for (let next = first; !next.done; next = await events.next()) {
      const event = next.value;
      if (event.type === 'done') {
        const { type, ...ending } = event;
        limits.startChecking();
        const answer = await limits.race(finish({ ...head, text, ...ending, requestId: head.id, attempts }));
        told.event({ type, ...ending, ...('output' in answer && { output: answer.output }) });
        told.final(answer);
        continue;
      }
      told.event(event);
      if (event.type === 'delta') {
        text += event.text;
      } else {
        const { type: _, ...start } = event;
        head = start;
      }
    }
  } finally {
    await events.return(undefined);
  }
}
