import { type AnswerBlock, AskRequestSchema } from '@org/contract';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { answerOf, envelope, sent } from '../../test/loopback-server.ts';
import { manualRuntime } from '../../test/manual-runtime.ts';
import { settings } from '../../test/scene.ts';
import { createClient } from '../client.ts';
import type { Question } from '../options/content.ts';
import { environmentVariable } from '../options/environment.ts';
import { tool } from '../options/tool.ts';
import { toolCalls } from './turns.ts';

const factor = Number(environmentVariable('FUZZ_RUNS') ?? 1);
vi.setConfig({ testTimeout: 60_000 * factor });

const text = fc.oneof(fc.constantFrom('', ' ', '\n\t', 'Hello.'), fc.string());

const block: fc.Arbitrary<AnswerBlock> = fc.oneof(
  { weight: 3, arbitrary: text.map((said) => ({ type: 'text' as const, text: said })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.nat(1e6),
        fc.constantFrom('run', 'fail', 'declared', 'unknown'),
        fc.dictionary(fc.string(), fc.jsonValue()),
      )
      .map(([id, name, input]) => ({ type: 'tool_use' as const, id: `call-${id}`, name, input })),
  },
  { weight: 1, arbitrary: text.map((thought) => ({ type: 'reasoning' as const, text: thought })) },
  { weight: 1, arbitrary: fc.constant({ type: 'redacted_reasoning' as const, data: 'AAAA' }) },
);

const answers = fc.record({
  content: fc.array(block, { maxLength: 3 }),
  stopReason: fc.option(
    fc.constantFrom('end_turn', 'max_tokens', 'guardrail_intervened', 'content_filtered', 'new'),
    { nil: undefined },
  ),
});

const outcomes = fc.oneof(
  { weight: 5, arbitrary: answers },
  { weight: 1, arbitrary: fc.constantFrom('quota_exceeded', 'internal', 'cut', 'not ours') },
);

type Outcome = typeof outcomes extends fc.Arbitrary<infer Value> ? Value : never;

/** The response of this outcome; whole or as a stream, as it is asked. */
function responseOf(outcome: Outcome | undefined, isStream: boolean): Response {
  if (outcome === 'not ours') return new Response('<html>', { headers: { 'content-type': 'text/html' } });
  if (outcome === 'cut') return new Response('{', { headers: { 'content-type': 'application/json' } });
  if (typeof outcome === 'string') return Response.json(envelope(outcome), { status: 400 });
  const { content, stopReason } = outcome ?? { content: [], stopReason: undefined };
  const answer = answerOf(...content);
  const whole = { ...answer, stopReason: stopReason ?? answer.stopReason };
  if (!isStream) return Response.json(whole);
  const { id, model, modelId, text: _, ...ending } = whole;
  const events = [
    { type: 'start', id, model, modelId },
    { type: 'done', ...ending },
  ];
  return new Response(events.map(sent).join(''), { headers: { 'content-type': 'text/event-stream' } });
}

const inputSchema = { type: 'object' };
const tools = [
  tool({ name: 'run', inputSchema, run: () => 'Done.' }),
  tool({ name: 'fail', inputSchema, run: () => Promise.reject(new Error('No.')) }),
  tool({ name: 'declared', inputSchema }),
];

/** What the proxy takes, and what Bedrock asks for beyond that: every call of a tool has its result in the next turn. */
function expectSendable(body: unknown): void {
  const { messages = [], question = '' } = AskRequestSchema.parse(body);
  const turns = [...messages.map(({ content }) => content), question];
  for (const [index, content] of turns.entries()) {
    const next = turns[index + 1] ?? '';
    const results =
      typeof next === 'string' ? [] : next.flatMap((block) => (block.type === 'tool_result' ? block.id : []));
    expect(results).toEqual(expect.arrayContaining(toolCalls(content).map(({ id }) => id)));
  }
}

test('whatever is answered, everything that a conversation sends is what the proxy takes, and it can go on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(outcomes, { maxLength: 12 }),
      fc.array(fc.constantFrom('ask', 'stream', 'leave'), { minLength: 1, maxLength: 6 }),
      async (answered, turns) => {
        const next = [...answered];
        const bodies: string[] = [];
        const client = createClient(
          {
            ...settings,
            fetch: async (url, { body = '' }) => {
              bodies.push(body);
              return responseOf(next.shift(), url.endsWith('/stream'));
            },
          },
          manualRuntime().runtime,
        );
        const conversation = client.conversation('llama', { tools });
        for (const turn of turns) {
          const open = toolCalls(conversation.messages.at(-1)?.content ?? '');
          const question: Question =
            open.length === 0 ? 'And?' : open.map(({ id }) => ({ type: 'tool_result', id, content: '' }));
          const before = conversation.messages;
          const stream = turn === 'ask' ? undefined : conversation.stream(question);
          if (turn === 'leave') stream?.abort();
          const failed = await (stream?.final() ?? conversation.ask(question)).then(
            () => false,
            () => true,
          );
          for (const body of bodies.splice(0)) expectSendable(JSON.parse(body));
          if (failed) expect(conversation.messages).toBe(before);
          const { messages } = conversation;
          expect(JSON.parse(JSON.stringify(messages))).toEqual(messages);
          expect(messages.length % 2).toBe(0);
        }
      },
    ),
    { numRuns: 300 * factor },
  );
});
