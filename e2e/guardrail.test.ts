import { AnswerSchema } from '@org/contract';
import { blockedMessage, blockedWord } from '@org/local/bedrock';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

const guardrail = { guardrailIdentifier: 'a1b2c3d4e5f6', guardrailVersion: '1' };

test.each(['llama', 'imported'])(
  "a plan's guardrail intervenes, and the answer of %s says so",
  async (model) => {
    const { ask, stream } = await startSystem('guarded');
    const fields = { model, question: `Tell me about ${blockedWord} things.` };
    const answer = AnswerSchema.parse((await ask('guarded-key', fields)).json());
    expect(answer).toMatchObject({ stopReason: 'guardrail_intervened', text: blockedMessage });
    const { events } = await (await stream('guarded-key', fields)).rest();
    expect(events.at(-1)).toMatchObject({ type: 'done', stopReason: 'guardrail_intervened' });
    const harmless = AnswerSchema.parse((await ask('guarded-key', { model })).json());
    expect(harmless.stopReason).toBe('end_turn');
  },
);

test('a guardrail that does not exist refuses every call, and admits none without it', async () => {
  const { ask, bedrock } = await startSystem('guarded');
  bedrock.failNext({ kind: 'unknown-guardrail', id: guardrail.guardrailIdentifier });
  const reply = await ask('guarded-key');
  expect([reply.status, reply.error().code]).toEqual([502, 'upstream_denied']);
  expect(reply.error().message).toContain('The operator has to check its id and version');
});
