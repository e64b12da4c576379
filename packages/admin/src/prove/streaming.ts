import { Broken, NotShown } from './broken.ts';
import type { Proof } from './proof.ts';
import { eventsOf } from './routes.ts';

/** Bodies that stream a short answer, by the path that they are sent to. */
const streams: Readonly<Record<string, (model: string) => object>> = {
  '/bedrock/stream': (model) => ({ model, question: 'Count to ten.', maxTokens: 64 }),
  '/v1/chat/completions': (model) => ({
    ...{ model, stream: true, max_completion_tokens: 64 },
    messages: [{ role: 'user', content: 'Count to ten.' }],
  }),
  '/v1/responses': (model) => ({
    model,
    stream: true,
    max_output_tokens: 64,
    input: 'Count to ten.',
    store: false,
  }),
  '/v1/messages': (model) => ({
    ...{ model, stream: true, max_tokens: 64 },
    messages: [{ role: 'user', content: 'Count to ten.' }],
  }),
};

/** Each API streams as the model writes, and nothing on the way collects the answer first. */
export const streamingProofs: readonly Proof[] = Object.entries(streams).map(([path, body]) => ({
  name: `stream ${path}`,
  statement: `${path} sends an answer while it is written`,
  async check({ target, key, models: { chat, streams: can } }) {
    if (!can) throw new NotShown(`${chat} does not stream`);
    const reply = await target.send({ path, key, body: body(chat) });
    const events = eventsOf(reply).length;
    const pieces = reply.arrivals.length;
    const [first = 0] = reply.arrivals;
    const last = reply.arrivals.at(-1) ?? 0;
    if (pieces < 3) {
      const seen = `${events} events in ${pieces === 1 ? 'one piece' : `${pieces} pieces`} after ${Math.round(last)} ms`;
      if (last < tooFastMs) throw new NotShown(`the model was too fast: ${seen}`);
      throw new Broken(`sent ${seen}`);
    }
    return `${events} events in ${pieces} pieces over ${Math.round(last - first)} ms`;
  },
}));

/** An answer of this many milliseconds may arrive at once, though nothing collected it. */
const tooFastMs = 250;
