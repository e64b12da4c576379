import { QuotaExceededError, RateLimitedError } from '@org/bedrock-client';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

test("with the config of the original proxy, after the last request of the gateway's quota comes a quota error, once, until the next month", async () => {
  const { ask, client: clientOf, setTime } = await startSystem('original');
  // 100 a month, of which AWS's offset of 2 takes two from the first.
  for (let request = 1; request <= 98; request += 1) {
    expect((await ask('tollmkey')).status, `request ${request}`).toBe(200);
    setTime(new Date(Date.parse('2026-11-22T12:00:00Z') + request * 1000).toISOString());
  }

  const refused = await ask('tollmkey');
  expect(refused.status).toBe(429);
  expect(refused.error()).toMatchObject({
    code: 'quota_exceeded',
    message: expect.stringMatching(/API Gateway's own quota.*every request.*operator/),
  });
  expect(refused.error()).not.toHaveProperty('details');
  expect(refused.headers.get('x-should-retry')).toBe('false');
  expect(refused.headers.get('retry-after')).toBeNull();

  const { client, requests } = clientOf('tollmkey');
  await expect(client.ask('llama', 'What is a dystopia')).rejects.toBeInstanceOf(QuotaExceededError);
  expect(requests()).toBe(1);

  setTime('2026-11-30T23:59:59.999Z');
  expect((await ask('tollmkey')).status).toBe(429);
  setTime('2026-12-01T00:00:00.000Z');
  const december = await Promise.all(Array.from({ length: 100 }, () => ask('tollmkey')));
  expect(december.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
  setTime('2026-12-01T00:01:00.000Z');
  expect((await ask('tollmkey')).error().code).toBe('quota_exceeded');
});

test('a burst over the throttle is told to come back in a second', async () => {
  const { ask } = await startSystem('tight');
  const replies = await Promise.all([ask('hasty-key'), ask('hasty-key'), ask('hasty-key')]);
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
  const refused = replies.find(({ status }) => status === 429);
  expect(refused?.error().code).toBe('rate_limited');
  expect(refused?.headers.get('retry-after')).toBe('1');
  expect(refused?.headers.get('x-should-retry')).toBe('true');
  expect((await ask('calm-key')).status).toBe(200);
});

test('the client waits for the throttle and gets its answer', async () => {
  const { ask, client: clientOf, setTime } = await startSystem('tight');
  await Promise.all([ask('hasty-key'), ask('hasty-key')]);
  const { client, requests } = clientOf('hasty-key');
  const asked = client.ask('llama', 'What is a dystopia');
  while (requests() === 0) await new Promise(setImmediate);
  setTime('2026-11-22T12:00:02Z');
  expect(await asked).toMatchObject({ attempts: 2 });
});

test('a throttle that does not end is an error of its own class, after the last attempt', async () => {
  const { ask, client: clientOf } = await startSystem('tight');
  await Promise.all([ask('hasty-key'), ask('hasty-key')]);
  const { client, requests } = clientOf('hasty-key');
  const failed = client.ask('llama', 'What is a dystopia', { maxRetries: 1 });
  await expect(failed).rejects.toBeInstanceOf(RateLimitedError);
  await expect(failed).rejects.toMatchObject({ code: 'rate_limited', attempts: 2, retryAfterMs: 1000 });
  expect(requests()).toBe(2);
});

test("a plan's token cap holds", async () => {
  const { ask } = await startSystem('tight');
  const reply = await ask('hasty-key', { maxTokens: 65 });
  expect(reply.status).toBe(400);
  expect(reply.error()).toMatchObject({ code: 'invalid_request', param: 'maxTokens' });
});
