import { describe, expect, test } from 'vitest';
import { answer, envelope, reply, serve } from '../../test/loopback-server.ts';
import { manualRuntime } from '../../test/manual-runtime.ts';
import { createClient } from '../client.ts';
import type { BedrockClientOptions } from '../options/options.ts';

/** A server that fails `failures` times, then answers, and a client that need not wait. */
async function scene(
  failures: number,
  failure: { status: number; body: unknown; headers?: Record<string, string> },
  options: BedrockClientOptions = {},
) {
  const server = await serve((response, attempt) =>
    attempt > failures
      ? reply(response, 200, answer)
      : reply(response, failure.status, failure.body, failure.headers),
  );
  const { runtime, waits } = manualRuntime();
  const client = createClient({ baseUrl: server.url, apiKey: 'key', ...options }, runtime);
  return { client, calls: server.calls, waits };
}

const busy = (headers?: Record<string, string>) => ({
  status: 429,
  body: envelope('rate_limited'),
  ...(headers && { headers }),
});

describe('sent again', () => {
  test.each([
    [429, envelope('rate_limited')],
    [429, envelope('model_throttled')],
    [502, envelope('upstream_error')],
    [500, envelope('internal')],
    [503, envelope('limits_unavailable')],
    [429, { message: 'Too Many Requests' }],
    [429, '<html>'],
    [502, { message: 'Internal server error' }],
  ])('%d %j', async (status, body) => {
    const { client, calls, waits } = await scene(1, { status, body });
    expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'A bad place.', attempts: 2 });
    expect(calls).toHaveLength(2);
    expect(waits).toEqual([250]);
  });
});

describe('sent once alone', () => {
  test.each([
    [429, envelope('quota_exceeded')],
    [429, { message: 'Limit Exceeded' }],
    [400, envelope('invalid_request')],
    [401, envelope('unauthenticated')],
    [403, envelope('model_not_allowed')],
    [404, envelope('unknown_model')],
    [413, 'HTTP content length exceeded 10485760 bytes.'],
    [502, envelope('upstream_denied')],
    [503, envelope('model_unavailable')],
    [504, envelope('model_timeout')],
    [504, { message: 'Endpoint request timed out' }],
    [504, '<html>'],
    [500, '<html>'],
    [502, { message: 'Bad Gateway' }],
    [503, envelope('brand_new')],
  ])('%d %j', async (status, body) => {
    const { client, calls, waits } = await scene(1, { status, body });
    await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({ status, attempts: 1 });
    expect(calls).toHaveLength(1);
    expect(waits).toEqual([]);
  });
});

test('after the last retry the error of the last attempt is thrown, not one that wraps it', async () => {
  const { client, calls } = await scene(9, busy());
  await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({ name: 'RateLimitedError', attempts: 3 });
  expect(calls).toHaveLength(3);
});

test('every attempt sends the same body and says its number', async () => {
  const { client, calls } = await scene(2, busy());
  await client.ask('llama', 'What is a dystopia?');
  expect(new Set(calls.map(({ body }) => body))).toEqual(
    new Set(['{"model":"llama","question":"What is a dystopia?"}']),
  );
  expect(calls.map(({ headers }) => String(headers['x-bedrock-client']).split('attempt=')[1])).toEqual([
    '1',
    '2',
    '3',
  ]);
});

test.each([
  [0, 1],
  [1, 2],
  [4, 5],
])('with %d retries at most, there are %d attempts at most', async (maxRetries, attempts) => {
  const { client, calls } = await scene(9, busy());
  await expect(client.ask('llama', 'Hi', { maxRetries })).rejects.toMatchObject({ attempts });
  expect(calls).toHaveLength(attempts);
});

test('an option of the call goes before that of the client', async () => {
  const { client, calls } = await scene(9, busy(), { maxRetries: 0 });
  await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({ attempts: 1 });
  await expect(client.ask('llama', 'Hi', { maxRetries: 1 })).rejects.toMatchObject({ attempts: 2 });
  expect(calls).toHaveLength(3);
});

test('waits count towards the deadline', async () => {
  const { client, waits } = await scene(9, busy({ 'retry-after': '4' }), {
    deadlineMs: 10_000,
    maxRetries: 9,
  });
  await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({ attempts: 3 });
  expect(waits).toEqual([4000, 4000]);
});

test('x-should-retry of the server decides', async () => {
  const no = await scene(1, {
    status: 500,
    body: envelope('internal'),
    headers: { 'x-should-retry': 'false' },
  });
  await expect(no.client.ask('llama', 'Hi')).rejects.toMatchObject({ retryable: false, attempts: 1 });
  const yes = await scene(1, {
    status: 409,
    body: envelope('brand_new'),
    headers: { 'x-should-retry': 'true' },
  });
  expect(await yes.client.ask('llama', 'Hi')).toMatchObject({ attempts: 2 });
  const unexplained = await scene(1, { status: 503, body: '<html>', headers: { 'x-should-retry': 'true' } });
  expect(await unexplained.client.ask('llama', 'Hi')).toMatchObject({ attempts: 2 });
});

test('a key function is asked before every attempt, so that a rotated key is picked up', async () => {
  let rotation = 0;
  const apiKey = () => {
    rotation += 1;
    return `key-${rotation}`;
  };
  const { client, calls } = await scene(1, busy(), { apiKey });
  await client.ask('llama', 'Hi');
  expect(calls.map(({ headers }) => headers['x-api-key'])).toEqual(['key-1', 'key-2']);
});
