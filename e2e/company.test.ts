import { AnswerSchema } from '@org/contract';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

const profile = /^arn:aws:bedrock:us-east-1:\d{12}:application-inference-profile\/[a-z0-9]{12}$/;

test("each plan's calls go through its own inference profile of the model, and cost what the model costs", async () => {
  const { ask, send, keyValue, bedrock, bills } = await startSystem('company');
  const answers = [await ask('search-key'), await ask('staff-key')].map((reply) =>
    AnswerSchema.parse(reply.json()),
  );
  const [search = '', staff = ''] = bedrock.received.map(({ modelId }) => modelId);
  expect([search, staff]).toEqual([expect.stringMatching(profile), expect.stringMatching(profile)]);
  expect(search).not.toBe(staff);

  // Callers see the model; the ledger and the bill count the same tokens at the model's price.
  expect(answers.map(({ modelId }) => modelId)).toEqual(
    Array(2).fill('us.meta.llama4-maverick-17b-instruct-v1:0'),
  );
  expect(answers.map(({ usage }) => [usage.inputTokens, usage.outputTokens])).toEqual(
    bills.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens]),
  );
  const usage = await send({ method: 'GET', path: '/usage', key: keyValue('search-key') });
  expect(usage.text).toContain(String(answers[0]?.usage.costUsd));
});

test("streams, embeddings and Claude's own API go through a profile; an imported model has none", async () => {
  const { ask, stream, send, keyValue, bedrock } = await startSystem('company');
  await (await stream('staff-key')).rest();
  const embedding = { model: 'titan-embed-v2', input: 'A dystopia' };
  await send({ path: '/v1/embeddings', key: keyValue('search-key'), body: embedding });
  const message = { model: 'claude-haiku-4.5', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] };
  await send({ path: '/v1/messages', key: keyValue('staff-key'), body: message });
  await ask('search-key', { model: 'imported' });
  expect(bedrock.received.map(({ operation, modelId }) => [operation, profile.test(modelId)])).toEqual([
    ['converse-stream', true],
    ['invoke', true],
    ['invoke', true],
    ['invoke', false],
  ]);
});
