import type { Answer, MessageInput, Question } from '@org/bedrock-client';
import { runs } from '@org/lambda/testing/fuzz';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type System, startSystem } from './harness.ts';

type ScriptedAnswer = Parameters<System['bedrock']['answerNext']>[number];

const said = fc.oneof(fc.constantFrom('', ' ', '\n\t', 'Hello.'), fc.string());

/** An answer of a model, however little it says. */
const answers: fc.Arbitrary<ScriptedAnswer> = fc.record({
  blocks: fc.array(
    fc.oneof(
      said.map((text) => ({ kind: 'text' as const, deltas: [text] })),
      said.map((text) => ({ kind: 'reasoning' as const, deltas: [text] })),
      fc.constantFrom('AAAA', '').map((data) => ({ kind: 'redacted' as const, deltas: [data] as const })),
      // Models call tools that were not offered, by names that no tool can have.
      fc.constantFrom('find', 'functions.find', 'find it', 'x'.repeat(70)).map((name) => ({
        kind: 'tool' as const,
        name,
        deltas: ['{"place":"Oran"}'],
      })),
    ),
    { maxLength: 3 },
  ),
  stopReason: fc.constantFrom('end_turn', 'max_tokens', 'content_filtered', 'malformed_tool_use', undefined),
});

/** Every way in which a program gives back what it was answered. */
function earlierTurns({ text, content }: Answer): { history?: Turn[]; messages?: MessageInput[] }[] {
  const asked = { role: 'user', content: 'What is it?' } as const;
  return [
    {
      history: [
        { role: 'user', text: 'What is it?' },
        { role: 'assistant', text },
      ],
    },
    { messages: [asked, { role: 'assistant', content: text }] },
    { messages: [asked, { role: 'assistant', content }] },
  ];
}

type Turn = { role: 'user' | 'assistant'; text: string };

/** What comes next: where a model called tools, their results have to. */
function nextQuestion({ content }: Answer, { messages }: { readonly messages?: MessageInput[] }): Question {
  const results = content.flatMap(({ type, ...block }) =>
    type === 'tool_use' && 'id' in block
      ? { type: 'tool_result' as const, id: block.id, content: 'Here.' }
      : [],
  );
  return messages?.at(-1)?.content === content && results.length > 0 ? results : 'And now?';
}

const tools = [{ name: 'find', inputSchema: { type: 'object' } }];

test.each(['nova-lite', 'claude-opus-5', 'gpt-oss-20b'] as const)(
  'whatever %s answers is taken back as an earlier turn',
  async (model) => {
    const { client: clientOf, bedrock } = await startSystem('everything');
    const { client } = clientOf('all-key');
    await fc.assert(
      fc.asyncProperty(answers, fc.boolean(), async (script, whole) => {
        bedrock.answerNext(script);
        const asked = { tools, maxTokens: 100 };
        const answer = await (whole
          ? client.ask(model, 'What is it?', asked)
          : client.stream(model, 'What is it?', asked).final());
        for (const earlier of earlierTurns(answer)) {
          const next = client.ask(model, nextQuestion(answer, earlier), { ...asked, ...earlier });
          await expect(next).resolves.toMatchObject({ stopReason: expect.any(String) });
        }
      }),
      runs(10),
    );
  },
  120_000,
);
