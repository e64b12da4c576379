import {
  InvalidRequestError,
  OutputValidationError,
  QuotaExceededError,
  ServerError,
  type StreamEvent,
  StreamInterruptedError,
} from '@org/bedrock-client';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type System, startSystem } from './harness.ts';

const question = 'What is a dystopia?';

const schema = z.object({ city: z.string(), people: z.int() });
const outputSchema = z.toJSONSchema(schema);

/** Lets the first pieces of every streamed answer through; the others wait until it is opened. */
function holdAfter(pieces: number, { bedrock }: System) {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  bedrock.pace((index) => (index < pieces ? Promise.resolve() : opened));
  return open;
}

describe('a schema', () => {
  test('gives a typed answer, whole or in pieces', async () => {
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

  test('refuses an answer that does not fit, and says where', async () => {
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
  test('is 500 pieces in order, then the whole answer with what it cost and what is left', async () => {
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

  test('that Bedrock breaks off is an error of its class, after the pieces before it', async () => {
    const system = await startSystem('counted');
    system.bedrock.failNext({ kind: 'stream', after: 5, end: { exception: 'ModelStreamErrorException' } });
    const stream = system.client('thrifty-key').client.stream('llama', question);
    const pieces: string[] = [];
    const reading = async () => {
      for await (const text of stream.textStream()) pieces.push(text);
    };
    const failed = reading();
    await expect(failed).rejects.toBeInstanceOf(ServerError);
    await expect(failed).rejects.toMatchObject({
      code: 'upstream_error',
      requestId: expect.stringMatching(/./),
      retryable: false,
      attempts: 1,
    });
    expect(pieces.length).toBeGreaterThan(0);
  });

  test('whose function is killed is interrupted, and never an answer', async () => {
    const system = await startSystem('counted');
    holdAfter(2, system);
    const { client, requests } = system.client('thrifty-key');
    const stream = client.stream('llama', question);
    const reading = stream[Symbol.asyncIterator]();
    expect(await reading.next()).toMatchObject({ value: { type: 'start' } });
    expect(await reading.next()).toMatchObject({ value: { type: 'delta' } });
    await system.gateway.killFunctions();
    const failed = stream.final();
    await expect(failed).rejects.toBeInstanceOf(StreamInterruptedError);
    await expect(failed).rejects.toMatchObject({ textReceived: true, retryable: false, attempts: 1 });
    expect(requests()).toBe(1);
  });

  test('that its reader leaves is charged for what it cost', async () => {
    const system = await startSystem('counted');
    const open = holdAfter(1, system);
    const { client } = system.client('thrifty-key');
    for await (const text of client.stream('llama', question).textStream()) {
      expect(text).not.toBe('');
      break;
    }
    open();
    while (system.logs.length === 0) await new Promise(setImmediate);
    const { inputTokens, outputTokens } = system.bedrock.billed;
    const { limits } = await client.usage();
    expect(limits[0]?.used).toBe(inputTokens + outputTokens);
  });
});

test('a quota that is used up is a value that says its numbers, after one request', async () => {
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

test('models are those of the plan, with what each can do', async () => {
  const { client } = (await startSystem('shipped')).client('tollmkey');
  const { models, requestId, attempts } = await client.models();
  expect(models.map(({ alias }) => alias).sort()).toEqual(['llama', 'nova-lite', 'titan']);
  const llama = models.find(({ alias }) => alias === 'llama');
  expect(llama).toMatchObject({
    capabilities: expect.arrayContaining(['system', 'stream']),
    lifecycle: { status: 'legacy', endOfLife: '2027-03-30' },
  });
  expect([requestId, attempts]).toEqual([expect.stringMatching(/./), 1]);
});

test('usage is what answers have counted, of the team and of the key', async () => {
  const { client } = (await startSystem('counted')).client('other-key');
  const { limits } = await client.ask('llama', question);
  const usage = await client.usage();
  expect(usage.limits).toEqual(limits);
  expect(usage.limits).toMatchObject([
    { scope: 'key', period: 'month', max: 2, used: 1, remaining: 1 },
    { scope: 'team', period: 'day', max: 5, used: 1, remaining: 4 },
  ]);
});

test('what the model does not take is refused before anything is asked, and named', async () => {
  const system = await startSystem('shipped');
  const { client, requests } = system.client('tollmkey');
  const failed = client.ask('llama', question, { maxTokens: 0 });
  await expect(failed).rejects.toBeInstanceOf(InvalidRequestError);
  await expect(failed).rejects.toMatchObject({ param: 'maxTokens', issues: [{ path: 'maxTokens' }] });
  expect([requests(), system.bedrock.received.length]).toEqual([1, 0]);
});
