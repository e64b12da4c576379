import { QuotaExceededError } from '@org/bedrock-client';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

test("with the config of the original proxy, the last request of the gateway's quota is followed by one quota error, until the next month", async () => {
  const { ask, client: clientOf, setTime } = await startSystem('original');
  // 100 a month. AWS's offset of 2 takes two from the first.
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
