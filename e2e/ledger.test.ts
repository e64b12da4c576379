import { QuotaExceededError } from '@org/bedrock-client';
import { AnswerSchema } from '@org/contract';
import type { Fault } from '@org/local/bedrock';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

test('an answer reports its cost and the rest of the limits', async () => {
  const { ask } = await startSystem('shipped');
  const reply = await ask('tollmkey');
  const { usage, limits } = AnswerSchema.parse(reply.json());
  // Llama 4 Maverick: 0.24 USD for a million input tokens, 0.97 for a million output tokens.
  const microUsd = Math.ceil(usage.inputTokens * 0.24 + usage.outputTokens * 0.97);
  expect(usage.costUsd).toBe(microUsd / 1_000_000);
  const resetsAt = '2026-12-01T00:00:00.000Z';
  const month = { period: 'month', scope: 'team', resetsAt };
  expect(limits).toEqual([
    { limit: 'requests', ...month, max: 100, used: 1, remaining: 99 },
    {
      limit: 'tokens',
      ...month,
      max: 500_000,
      used: usage.totalTokens,
      remaining: 500_000 - usage.totalTokens,
    },
    { limit: 'usd', ...month, max: 0.25, used: usage.costUsd, remaining: (250_000 - microUsd) / 1_000_000 },
  ]);
  expect(Object.fromEntries([...reply.headers].filter(([name]) => name.startsWith('x-ratelimit')))).toEqual({
    'x-ratelimit-limit-requests': '100',
    'x-ratelimit-remaining-requests': '99',
    'x-ratelimit-reset-requests': resetsAt,
    'x-ratelimit-limit-tokens': '500000',
    'x-ratelimit-remaining-tokens': String(500_000 - usage.totalTokens),
    'x-ratelimit-reset-tokens': resetsAt,
  });
});

test("after the month's last request comes an error with the numbers, and the team can still see its usage", async () => {
  const { ask, client: clientOf, setTime } = await startSystem('shipped');
  for (let request = 0; request < 100; request += 1) {
    setTime(new Date(Date.UTC(2026, 10, 22, 12, 0, request)).toISOString());
    expect((await ask('tollmkey')).status).toBe(200);
  }
  const { client, requests } = clientOf('tollmkey');
  const error = await client.ask('llama', 'What is a dystopia').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(QuotaExceededError);
  expect(error).toMatchObject({
    limit: 'requests',
    period: 'month',
    scope: 'team',
    max: 100,
    used: 100,
    resetsAt: new Date('2026-12-01T00:00:00Z'),
    retryable: false,
  });
  expect(requests()).toBe(1);

  // Refused calls count in API Gateway's quota, which must not be reached first.
  for (let refusal = 0; refusal < 30; refusal += 1) {
    expect((await ask('tollmkey')).error().details).toMatchObject({ max: 100, used: 100 });
  }
  const { limits } = await client.usage();
  expect(limits[0]).toMatchObject({ limit: 'requests', max: 100, used: 100, remaining: 0 });
  expect((await ask('research-key')).status).toBe(200);

  setTime('2026-12-01T00:00:00.000Z');
  expect((await ask('tollmkey')).status).toBe(200);
});

test('the keys of a team share its limits, and a key may have its own on top', async () => {
  const { ask } = await startSystem('counted');
  for (const key of ['shared-key', 'other-key', 'other-key']) expect((await ask(key)).status).toBe(200);
  expect((await ask('other-key')).error()).toMatchObject({
    code: 'quota_exceeded',
    details: { limit: 'requests', scope: 'key', max: 2 },
  });
  for (let more = 0; more < 2; more += 1) expect((await ask('shared-key')).status).toBe(200);
  expect((await ask('shared-key')).error().details).toMatchObject({
    limit: 'requests',
    scope: 'team',
    max: 5,
  });
});

test('a used-up minute says when it ends, and a week ends on Sunday in the time zone of the config', async () => {
  const { ask, client: clientOf, setTime } = await startSystem('zoned');
  setTime('2026-11-28T12:00:20.000Z');
  for (let request = 0; request < 2; request += 1) {
    expect((await ask('paced-key', { model: 'nova-lite' })).status).toBe(200);
  }
  const { client } = clientOf('paced-key');
  const refused = await ask('paced-key', { model: 'nova-lite' });
  expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('x-should-retry')]).toEqual(
    [429, '40', 'true'],
  );
  expect(refused.error()).toMatchObject({
    code: 'rate_limited',
    details: { limit: 'requests', period: 'minute', max: 2, used: 2, resetsAt: '2026-11-28T12:01:00.000Z' },
  });
  await expect(client.ask('nova-lite', 'Hi', { maxRetries: 0 })).rejects.toMatchObject({
    ...{ name: 'RateLimitedError', period: 'minute', retryAfterMs: 40_000 },
  });

  setTime('2026-11-28T12:01:00.000Z');
  expect((await ask('paced-key', { model: 'nova-lite' })).status).toBe(200);
  const used = await ask('paced-key', { model: 'nova-lite' });
  expect(used.error()).toMatchObject({
    code: 'quota_exceeded',
    details: { period: 'week', max: 3, used: 3, resetsAt: '2026-11-30T05:00:00.000Z' },
  });
  setTime('2026-11-30T04:59:59.000Z');
  expect((await ask('paced-key', { model: 'nova-lite' })).error().code).toBe('quota_exceeded');
  setTime('2026-11-30T05:00:00.000Z');
  expect((await ask('paced-key', { model: 'nova-lite' })).status).toBe(200);
  const { limits } = await client.usage();
  expect(limits.map(({ period, used }) => [period, used])).toEqual([
    ['minute', 1],
    ['week', 1],
  ]);
});

test('a call that is ahead of the pace of a limit hears when there is room for it', async () => {
  const { ask, client: clientOf, setTime } = await startSystem('zoned');
  // An hour after midnight in New York.
  setTime('2026-11-28T06:00:00.000Z');
  const pace = async () => ask('spread-key', { model: 'nova-lite' });
  for (let request = 0; request < 2; request += 1) expect((await pace()).status).toBe(200);
  setTime('2026-11-28T06:59:30.000Z');
  const soon = await pace();
  expect([soon.status, soon.headers.get('retry-after'), soon.headers.get('x-should-retry')]).toEqual([
    ...[429, '30', 'true'],
  ]);
  setTime('2026-11-28T06:30:00.000Z');
  const later = await pace();
  expect([later.status, later.headers.get('retry-after'), later.headers.get('x-should-retry')]).toEqual([
    ...[429, '1800', 'false'],
  ]);
  expect(later.error()).toMatchObject({
    code: 'rate_limited',
    details: { limit: 'requests', period: 'day', max: 24, used: 2, allowedNow: 2 },
  });
  const { client } = clientOf('spread-key');
  await expect(client.ask('nova-lite', 'Hi')).rejects.toMatchObject({
    ...{ name: 'RateLimitedError', period: 'day', allowedNow: 2, retryAfterMs: 1_800_000, attempts: 1 },
  });
  setTime('2026-11-28T07:00:00.000Z');
  const answer = await pace();
  expect(AnswerSchema.parse(answer.json()).limits).toMatchObject([{ used: 3, remaining: 21, allowedNow: 3 }]);
  expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe('0');
  expect((await client.usage()).limits).toMatchObject([{ used: 3, allowedNow: 3 }]);
});

test('a call may ask for as much as fits, and the answer says how much that was', async () => {
  const { ask, client: clientOf } = await startSystem('counted');
  const { client } = clientOf('thrifty-key');
  const fit = { maxTokens: 'fit' } as const;
  const raw = await ask('thrifty-key', { model: 'nova-lite', ...fit });
  const { maxTokens: given = 0, usage } = AnswerSchema.parse(raw.json());
  expect(raw.headers.get('x-max-tokens-lowered-to')).toBe(String(given));
  expect(given).toBeGreaterThan(1000);
  // As many tokens are left over as the first answer was shorter than it might have been.
  const answer = await client.ask('nova-lite', 'Hi', fit);
  expect(answer.maxTokens).toBeGreaterThan(given - usage.totalTokens);
  const stream = await client.stream('nova-lite', 'Hi', fit).final();
  expect(stream.maxTokens).toBeGreaterThan(0);
  expect(stream.maxTokens).toBeLessThan(answer.maxTokens ?? 0);
  expect(await client.ask('nova-lite', 'Hi', { maxTokens: 10 })).not.toHaveProperty('maxTokens');

  // More than half a limit is held by one call, so two do not fit; but what fits does.
  const { client: exact } = clientOf('thrifty-key');
  const counted = await exact.ask('claude-sonnet-4.6', 'word '.repeat(200), fit);
  expect(counted.usage.inputTokens).toBeLessThan(1000);
  expect(counted.maxTokens).toBeGreaterThan(64);
  expect(counted.limits).toMatchObject([{ limit: 'tokens', max: 2000 }]);
});

test('while a call is in flight, no other is let through if one may be at once', async () => {
  const { ask, client: clientOf, bedrock } = await startSystem('zoned');
  const { client } = clientOf('single-key');
  expect((await ask('single-key', { model: 'nova-lite' })).status).toBe(200);
  const inFlight = async () => (await client.usage()).callsAtOnce;
  expect(await inFlight()).toEqual([{ scope: 'team', max: 1, inFlight: 0 }]);

  // Ends with the gateway.
  bedrock.failNext({ kind: 'stall' });
  ask('single-key', { model: 'nova-lite' }).catch(() => undefined);
  while ((await inFlight())?.[0]?.inFlight === 0) await new Promise(setImmediate);
  const refused = await ask('single-key', { model: 'nova-lite' });
  expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('x-should-retry')]).toEqual(
    [429, '1', 'true'],
  );
  expect(refused.error()).toMatchObject({
    code: 'rate_limited',
    details: { limit: 'callsAtOnce', scope: 'team', max: 1, used: 1 },
  });
  await expect(client.ask('nova-lite', 'Hi', { maxRetries: 0 })).rejects.toMatchObject({
    ...{ name: 'RateLimitedError', limit: 'callsAtOnce', period: undefined, max: 1 },
  });
});

test('reading the limits may be retried after any failure, because it writes nothing', async () => {
  const { client: clientOf, dynamodb } = await startSystem('counted');
  dynamodb.failNext({ kind: 'reset' });
  expect(await clientOf('shared-key').client.usage()).toMatchObject({ attempts: 2 });
});

test('one write to hold and one to settle, for the team and for a key with its own limits', async () => {
  const system = await startSystem('counted');
  await system.ask('shared-key');
  expect(system.dynamodb.requests).toMatchObject({ UpdateItem: 2 });
  await system.ask('other-key');
  expect(system.dynamodb.requests).toMatchObject({ UpdateItem: 2 + 4 });
  // What was changed at run time of the team and of each key: once a minute, not for each call.
  expect(system.dynamodb.requests['GetItem']).toBe(3);
});

/** 4,000 bytes, which the simulated Bedrock counts as fewer than 1,000 tokens; the limit is 2,000. */
const long = { model: 'claude-sonnet-4.6', question: 'A long question. '.repeat(235), maxTokens: 100 };

test('a question with too many bytes for a limit, but few enough tokens, is answered and charged exactly', async () => {
  const { ask, bedrock, dynamodb } = await startSystem('counted');
  const { usage, limits } = AnswerSchema.parse((await ask('thrifty-key', long)).json());
  const { inputTokens, outputTokens } = bedrock.billed;
  expect(usage).toMatchObject({ inputTokens, outputTokens });
  expect(limits).toMatchObject([{ limit: 'tokens', max: 2000, used: inputTokens + outputTokens }]);
  // The first hold is more than the whole limit, and costs no write.
  expect(dynamodb.requests).toMatchObject({ UpdateItem: 2 });
  // This one is not counted.
  expect((await ask('thrifty-key', { ...long, model: 'nova-lite' })).error().code).toBe('exceeds_limit');
});

test('many such questions at once fill the limit and never pass it', async () => {
  const { ask, bedrock, client } = await startSystem('counted');
  const replies = await Promise.all(Array.from({ length: 20 }, () => ask('thrifty-key', long)));
  const codes = replies.map((reply) => (reply.status === 200 ? 'answered' : reply.error().code));
  expect(codes).toContain('answered');
  expect(new Set(codes).difference(new Set(['answered', 'rate_limited', 'quota_exceeded'])).size).toBe(0);
  const { inputTokens, outputTokens } = bedrock.billed;
  const { limits } = await client('thrifty-key').client.usage();
  expect(limits).toMatchObject([{ used: inputTokens + outputTokens }]);
  expect(inputTokens + outputTokens).toBeLessThanOrEqual(2000);
});

test.each<Fault>([
  { kind: 'exception', name: 'AccessDeniedException' },
  { kind: 'exception', name: 'ThrottlingException' },
  { kind: 'exception', name: 'InternalServerException' },
  { kind: 'reset' },
  { kind: 'cut' },
  { kind: 'body', body: '<html>' },
  { kind: 'body', body: '{"inputTokens":"7"}' },
  { kind: 'stall' },
])(
  'if the tokens cannot be counted, the question is refused by its bytes, and nothing is charged: %j',
  async (fault) => {
    const { ask, bedrock, client, logs } = await startSystem('counted');
    bedrock.failNext(fault);
    const refused = await ask('thrifty-key', long);
    expect(refused.error()).toMatchObject({ code: 'exceeds_limit', details: { limit: 'tokens', max: 2000 } });
    expect([bedrock.received.length, bedrock.billed.inputTokens]).toEqual([1, 0]);
    expect((await client('thrifty-key').client.usage()).limits).toMatchObject([{ used: 0 }]);
    const line = logs.find((written) => written.includes('exceeds_limit'));
    expect(JSON.parse(line ?? '')).toHaveProperty('failure');
  },
);

test('a prompt that Nova reports as too long in its stream costs nothing', async () => {
  const { bedrock, client: clientOf } = await startSystem('counted');
  const message =
    'Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input.';
  bedrock.failNext({ kind: 'stream', after: 0, end: { exception: 'ValidationException', message } });
  const { client } = clientOf('thrifty-key');
  const read = async () => {
    for await (const { type } of client.stream('nova-lite', 'Why?')) expect(type).toBe('start');
  };
  await expect(read()).rejects.toMatchObject({ code: 'context_too_long', retryable: false });
  expect((await client.usage()).limits).toMatchObject([{ used: 0 }]);
});
