import { type RouteName, routes } from '@org/contract';
import { Broken, NotShown } from './broken.ts';
import type { Proof } from './proof.ts';
import { eventsOf } from './routes.ts';

const messagesOf = (content: string) => [{ role: 'user', content }];

/** The body of a short stream, by the route that it is sent to. */
const streams = {
  stream: (model, question) => ({ model, question, maxTokens: 64 }),
  chatCompletions: (model, question) => ({
    model,
    messages: messagesOf(question),
    stream: true,
    max_completion_tokens: 64,
  }),
  responses: (model, question) => ({
    model,
    input: question,
    stream: true,
    max_output_tokens: 64,
    store: false,
  }),
  messages: (model, question) => ({ model, messages: messagesOf(question), stream: true, max_tokens: 64 }),
} satisfies Partial<Record<RouteName, (model: string, question: string) => object>>;

/** What the function wrote within this many milliseconds may arrive at once, though nothing collected it. */
const tooFastMs = 250;

const proofOf = (name: keyof typeof streams): Proof => ({
  name: `streaming-${name}`,
  statement: `${routes[name].path} sends an answer while it is written`,
  async check({ target, key, canary, log, models: { chat, streams: can } }) {
    if (!can) throw new NotShown(`${chat} does not stream`);
    const { path } = routes[name];
    const body = streams[name](chat, `Count to ten. ${canary}`);
    // A busy prover, or anything on the way, may join the pieces of one answer.
    let streamed = await target.send({ path, key, body });
    for (let again = 0; again < 2 && streamed.arrivals.length < 3; again += 1) {
      streamed = await target.send({ path, key, body });
    }
    const events = eventsOf(streamed).length;
    const pieces = streamed.arrivals.length;
    const [first = 0] = streamed.arrivals;
    const last = streamed.arrivals.at(-1) ?? 0;
    if (pieces < 3) {
      const seen = `${events} events in ${pieces === 1 ? 'one piece' : `${pieces} pieces`} after ${Math.round(last)} ms`;
      const id = target.requestIds.at(-1) ?? '';
      const { totalMs = 0, firstDeltaMs = totalMs } = (await log.untilFound([id])).get(id) ?? {};
      const writtenMs = totalMs - firstDeltaMs;
      if (writtenMs < tooFastMs) throw new NotShown(`the model was too fast: ${seen}`);
      // Pieces may have been joined on the way; if they were held back, they have come with the last one.
      if (last - first < writtenMs / 4) {
        throw new Broken(`held the answer back: the model wrote for ${writtenMs} ms, and it came as ${seen}`);
      }
    }
    return `${events} events in ${pieces} pieces over ${Math.round(last - first)} ms`;
  },
});

/** Each API streams as the model writes, and nothing on the way collects the answer first. */
export const streamingProofs: readonly Proof[] = [
  proofOf('stream'),
  proofOf('chatCompletions'),
  proofOf('responses'),
  proofOf('messages'),
];
