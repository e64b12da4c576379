import { ErrorEnvelopeSchema, type StreamEvent } from '@org/contract';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

const types = (events: readonly StreamEvent[]) => events.map(({ type }) => type);
const textOf = (events: readonly StreamEvent[]) =>
  events.map((event) => (event.type === 'delta' ? event.text : '')).join('');

test('a stream is a start, the pieces of the answer and one end, which says what it cost and what is left', async () => {
  const { stream, bedrock } = await startSystem('counted');
  const reply = await stream('thrifty-key');
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  const requestId = reply.headers.get('x-request-id');
  const { events, cut } = await reply.rest();
  expect(cut).toBe(false);
  expect(events[0]).toEqual({
    type: 'start',
    id: requestId,
    model: 'llama',
    modelId: 'us.meta.llama4-maverick-17b-instruct-v1:0',
  });
  expect(new Set(types(events.slice(1, -1)))).toEqual(new Set(['delta']));
  expect(textOf(events)).toContain('What is a dystopia');
  const { inputTokens, outputTokens } = bedrock.billed;
  expect(events.at(-1)).toMatchObject({
    type: 'done',
    stopReason: 'end_turn',
    usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    limits: [{ limit: 'tokens', used: inputTokens + outputTokens }],
  });
});

test('each of 500 pieces is with the caller before Bedrock sends the next', async () => {
  const { stream, bedrock } = await startSystem('original');
  const deltas = Array.from({ length: 500 }, (_, index) => `${index} `);
  bedrock.answerNext({ deltas });
  let release: (() => void) | undefined;
  let asked = -1;
  bedrock.pace(
    (index) =>
      new Promise((resolve) => {
        asked = index;
        release = resolve;
      }),
  );
  const untilAsked = async (index: number) => {
    while (asked < index) await new Promise(setImmediate);
  };

  const responding = stream('tollmkey');
  await untilAsked(0);
  release?.();
  const reply = await responding;
  expect(await reply.next()).toMatchObject({ type: 'start' });
  for (const [index, text] of deltas.entries()) {
    // Bedrock was let go for this piece and waits with the next: what arrives now was on its way alone.
    expect(await reply.next()).toEqual({ type: 'delta', text });
    if (index + 1 < deltas.length) {
      await untilAsked(index + 1);
      release?.();
    }
  }
  const { events, cut } = await reply.rest();
  expect([types(events), cut]).toEqual([['done'], false]);
}, 30_000);

test('a refusal before the first byte is an HTTP error, like that of any route', async () => {
  const { stream, send, bedrock } = await startSystem('tight');
  const cases = [
    [await stream('calm-key', { model: 'gpt' }), 404, 'unknown_model'],
    [await stream('calm-key', { maxTokens: 0 }), 400, 'invalid_request'],
    [await stream('hasty-key', { model: 'titan' }), 403, 'model_not_allowed'],
  ] as const;
  for (const [reply, status, code] of cases) {
    expect([reply.status, reply.headers.get('content-type')]).toEqual([status, 'application/json']);
    expect(ErrorEnvelopeSchema.parse(JSON.parse(await reply.text())).error.code).toBe(code);
  }
  const unauthenticated = await send({ path: '/bedrock/stream', body: { model: 'llama', question: 'Hi' } });
  expect([unauthenticated.status, unauthenticated.error().code]).toEqual([401, 'unauthenticated']);
  expect(bedrock.received).toEqual([]);
});

test('a quota that is used up refuses a stream as it refuses an answer, with its numbers', async () => {
  const { ask, stream } = await startSystem('counted');
  for (let call = 0; call < 5; call += 1) await ask('shared-key');
  const reply = await stream('shared-key');
  expect([reply.status, reply.headers.get('x-should-retry')]).toEqual([429, 'false']);
  expect(ErrorEnvelopeSchema.parse(JSON.parse(await reply.text())).error).toMatchObject({
    code: 'quota_exceeded',
    details: { limit: 'requests', period: 'day', max: 5, used: 5 },
  });
});

test('the bodies of the original stream too', async () => {
  const { stream, bedrock } = await startSystem('predecessor');
  for (const model of ['titan', 'llama']) {
    const { events } = await (await stream('tollmkey', { model })).rest();
    expect([model, types(events).at(0), types(events).at(-1)]).toEqual([model, 'start', 'done']);
    expect(textOf(events)).toMatch(/^You asked: What is a dystopia/);
    expect(bedrock.received.at(-1)?.operation).toBe('invoke-with-response-stream');
  }
});

test('a caller that hangs up pays for what Bedrock did, and the function reads on to find out', async () => {
  const { stream, bedrock, client, logs } = await startSystem('counted');
  const gates: (() => void)[] = [];
  bedrock.pace(() => new Promise((resolve) => gates.push(resolve)));
  const responding = stream('thrifty-key');
  while (gates.length < 1) await new Promise(setImmediate);
  gates[0]?.();
  const reply = await responding;
  await reply.next();
  reply.hangUp();
  bedrock.pace();
  let released = 1;
  while (logs.length === 0) {
    for (; released < gates.length; released += 1) gates[released]?.();
    await new Promise(setImmediate);
  }
  const { inputTokens, outputTokens } = bedrock.billed;
  const { limits } = await client('thrifty-key').client.usage();
  expect(limits[0]?.used).toBe(inputTokens + outputTokens);
  expect(bedrock.received[0]?.disconnected).toBe(false);
  expect(JSON.parse(logs[0] ?? '')).toMatchObject({ operation: 'stream', status: 200 });
});

test('a line in the log says what became of a stream', async () => {
  const { stream, logs } = await startSystem('counted');
  const reply = await stream('thrifty-key');
  await reply.rest();
  while (logs.length === 0) await new Promise(setImmediate);
  const line = JSON.parse(logs[0] ?? '');
  expect(line).toMatchObject({
    requestId: reply.headers.get('x-request-id'),
    operation: 'stream',
    status: 200,
    stopReason: 'end_turn',
    deltas: expect.any(Number),
    firstDeltaMs: expect.any(Number),
    TimeToFirstDelta: line.firstDeltaMs,
    _aws: { CloudWatchMetrics: [{ Namespace: 'counted-dev' }] },
  });
});
