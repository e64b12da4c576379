import type { Answer } from '../answer/answer.ts';
import { send } from '../call/attempts.ts';
import { type Call, perform } from '../call/call.ts';
import type { Timers } from '../call/timers.ts';
import type { EventSource, StreamReport } from './answer-stream.ts';
import { readEvents } from './read-events.ts';

/**
 * The events of one streamed call. It is sent again only before its first event, by the rules of all calls.
 *
 * @param finish - Makes the answer of the call from that of the proxy, or throws.
 */
export function streamSource(call: Call, finish: (answer: Answer) => Promise<Answer>): EventSource<Answer> {
  let timers: Timers | undefined;
  return {
    abort: (message) => timers?.abort(message),
    run: (report) =>
      perform(call, (started, succeeded) => {
        timers = started;
        const final = (answer: Answer): void => {
          succeeded(answer);
          report.final(answer);
        };
        return deliver(call, started, finish, { ...report, final });
      }),
  };
}

async function deliver(
  call: Call,
  timers: Timers,
  finish: (answer: Answer) => Promise<Answer>,
  report: StreamReport<Answer>,
): Promise<void> {
  const { attempts, events, first } = await send(call, timers, async (reply) => {
    const events = readEvents(reply);
    return { attempts: reply.attempts, events, first: await events.next() };
  });
  let head = { id: '', model: '', modelId: '' };
  let text = '';
  try {
    for (let event = first; ; event = events.take() ?? (await events.next())) {
      if (event.type === 'done') {
        const { type, ...ending } = event;
        timers.startChecking();
        const answer = await timers.race(finish({ ...head, text, ...ending, requestId: head.id, attempts }));
        report.event({ type, ...ending, output: answer.output });
        report.final(answer);
        return await events.drain();
      }
      report.event(event);
      if (event.type === 'delta') {
        text += event.text;
      } else if (event.type === 'start') {
        const { type: _, ...start } = event;
        head = start;
      }
    }
  } finally {
    events.close();
  }
}
