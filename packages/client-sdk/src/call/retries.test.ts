import { expect, test } from 'vitest';
import { answer, envelope, reply } from '../../test/loopback-server.ts';
import { scene } from '../../test/scene.ts';
import type { BedrockClientOptions } from '../options/options.ts';

interface Failure {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A server that fails `failures` times, then answers; by default because there are too many requests. */
function failing(
  failures: number,
  { status = 429, body = envelope('rate_limited'), headers }: Failure = {},
  options: BedrockClientOptions = {},
) {
  return scene(
    (response, attempt) =>
      attempt > failures ? reply(response, 200, answer) : reply(response, status, body, headers),
    options,
  );
}

// Which failure is retryable is known where its error is made.
test('a failure that is retryable is sent again', async () => {
  const { client, calls, waits } = await failing(1);
  expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'A bad place.', attempts: 2 });
  expect(calls).toHaveLength(2);
  expect(waits).toEqual([250]);
});

test.each([
  [429, envelope('quota_exceeded')],
  [429, { message: 'Limit Exceeded' }],
  [504, envelope('model_timeout')],
  [500, '<html>'],
])('%d %j is sent once alone', async (status, body) => {
  const { client, calls, waits } = await failing(1, { status, body });
  await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({ status, attempts: 1 });
  expect(calls).toHaveLength(1);
  expect(waits).toEqual([]);
});

test('every attempt sends the same body and says its number', async () => {
  const { client, calls } = await failing(2);
  await client.ask('llama', 'What is a dystopia?');
  expect(new Set(calls.map(({ body }) => body))).toEqual(
    new Set(['{"model":"llama","question":"What is a dystopia?"}']),
  );
  const said = calls.map(({ headers }) => String(headers['x-bedrock-client']).split('attempt=')[1]);
  expect(said).toEqual(['1', '2', '3']);
});

test.each([
  ['by default', undefined, undefined, 3],
  ['none by the client', 0, undefined, 1],
  ['none by the client, but one by the call', 0, 1, 2],
  ['none by the call', undefined, 0, 1],
  ['four by the call', undefined, 4, 5],
])('with retries %s, the error is that of the last attempt', async (_, ofClient, maxRetries, attempts) => {
  const { client, calls } = await failing(9, {}, { maxRetries: ofClient });
  await expect(client.ask('llama', 'Hi', { maxRetries })).rejects.toMatchObject({
    name: 'RateLimitedError',
    attempts,
  });
  expect(calls).toHaveLength(attempts);
});

test('a hint is waited for in full, be it a date', async () => {
  const headers = { 'retry-after': 'Sun, 22 Nov 2026 00:00:03 GMT' };
  const { client, waits } = await failing(1, { headers });
  await client.ask('llama', 'Hi');
  expect(waits).toEqual([3000]);
});

test('waits count towards the deadline', async () => {
  const headers = { 'retry-after': '4' };
  const { client, waits } = await failing(9, { headers }, { deadlineMs: 10_000, maxRetries: 9 });
  await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({ attempts: 3, retryAfterMs: 4000 });
  expect(waits).toEqual([4000, 4000]);
});

test('a key function is asked before every attempt, so that a rotated key is picked up', async () => {
  let rotation = 0;
  const apiKey = () => {
    rotation += 1;
    return `key-${rotation}`;
  };
  const { client, calls } = await failing(1, {}, { apiKey });
  await client.ask('llama', 'Hi');
  expect(calls.map(({ headers }) => headers['x-api-key'])).toEqual(['key-1', 'key-2']);
});
