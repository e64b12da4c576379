import { OutputValidationError, QuotaExceededError, type StreamEvent } from '@org/bedrock-client';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { startSystem } from './harness.ts';

const question = 'What is a dystopia?';

const schema = z.object({ city: z.string(), people: z.int() });
const outputSchema = z.toJSONSchema(schema);

describe('a schema', () => {
  test('gives a typed answer, complete or streamed', async () => {
    const system = await startSystem('shipped');
    const { client } = system.client('tollmkey');
    const deltas = ['{"city":"Oran",', '"people":200000}'];
    system.bedrock.answerNext({ deltas }, { deltas });

    const { output, text } = await client.ask('titan', 'Where is it?', { schema, outputSchema });
    expect(output.city.length + output.people).toBe(200_004);
    expect(JSON.parse(text)).toEqual(output);

    const stream = client.stream('titan', 'Where is it?', { schema, outputSchema });
    let json = '';
    for await (const piece of stream.textStream()) json += piece;
    expect(JSON.parse(json)).toEqual(output);
    expect((await stream.final()).output).toEqual(output);
  });

  test('refuses an answer that does not fit, and names the place', async () => {
    const system = await startSystem('shipped');
    const { client, requests } = system.client('tollmkey');
    system.bedrock.answerNext({ deltas: ['{"city":"Oran"}'] });
    const result = await client.safeAsk('titan', 'Where is it?', { schema, outputSchema });
    expect(result.error).toBeInstanceOf(OutputValidationError);
    expect(result.error).toMatchObject({ stopReason: expect.any(String), status: 502, attempts: 1 });
    expect(requests()).toBe(1);
  });
});

describe('a stream', () => {
  test('is 500 pieces in order, then the complete answer with its cost and the rest of the limits', async () => {
    const system = await startSystem('counted');
    const { client, requests } = system.client('thrifty-key');
    const deltas = Array.from({ length: 500 }, (_, index) => `${index} `);
    system.bedrock.answerNext({ deltas });

    const stream = client.stream('llama', question);
    const events: StreamEvent[] = [];
    for await (const event of stream) events.push(event);
    const final = await stream.final();

    const { inputTokens, outputTokens } = system.bedrock.billed;
    const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
    const ending = {
      stopReason: 'end_turn',
      usage,
      limits: [{ limit: 'tokens', used: usage.totalTokens, resetsAt: new Date('2026-12-01T00:00:00Z') }],
    };
    expect(events[0]).toMatchObject({ type: 'start', id: final.requestId, model: 'llama' });
    expect(events.slice(1, -1)).toEqual(deltas.map((text) => ({ type: 'delta', text })));
    expect(events.at(-1)).toMatchObject({ type: 'done', ...ending });
    expect(final).toMatchObject({ text: deltas.join(''), attempts: 1, ...ending });
    expect(requests()).toBe(1);
  });
});

test('a used-up quota is a value with its numbers, after one request', async () => {
  const system = await startSystem('counted');
  const { client, requests } = system.client('other-key');
  for (const _ of Array(2)) expect(await client.safeAsk('llama', question)).toMatchObject({ ok: true });
  const { ok, error } = await client.safeAsk('llama', question);
  expect(ok).toBe(false);
  expect(error).toBeInstanceOf(QuotaExceededError);
  expect(error).toMatchObject({
    limit: 'requests',
    period: 'month',
    scope: 'key',
    max: 2,
    used: 2,
    resetsAt: new Date('2026-12-01T00:00:00Z'),
    attempts: 1,
  });
  await expect(client.stream('llama', question).final()).rejects.toBeInstanceOf(QuotaExceededError);
  expect(requests()).toBe(4);
});

test('usage counts the answers, by team and by key', async () => {
  const { client } = (await startSystem('counted')).client('other-key');
  const { limits } = await client.ask('llama', question);
  const usage = await client.usage();
  expect(usage.limits).toEqual(limits);
  expect(usage.limits).toMatchObject([
    { scope: 'key', period: 'month', max: 2, used: 1, remaining: 1 },
    { scope: 'team', period: 'day', max: 5, used: 1, remaining: 4 },
  ]);
});
