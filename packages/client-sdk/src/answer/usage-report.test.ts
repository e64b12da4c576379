import { describe, expect, test, vi } from 'vitest';
import { envelope, limits, reply, serve } from '../../test/loopback-server.ts';
import { manualRuntime } from '../../test/manual-runtime.ts';
import { createBedrockClient, createClient } from '../client.ts';
import type { RequestOptions } from '../options/options.ts';

const apiKey = 'planted-key-0123456789';

/** A server that answers each call with the next of `replies`, the last again and again. */
async function scene(...replies: [status: number, body: unknown, headers?: Record<string, string>][]) {
  const { url, calls } = await serve((response, attempt) => {
    const [status, body, headers] = replies[Math.min(attempt, replies.length) - 1] ?? [500, ''];
    reply(response, status, body, headers);
  });
  const { runtime, waits } = manualRuntime();
  return { client: createClient({ baseUrl: url, apiKey }, runtime), calls, waits };
}

test('usage says every limit, with dates, and the request id', async () => {
  const { client } = await scene([200, { limits }, { 'x-request-id': 'request-1' }]);
  expect(await client.usage()).toEqual({
    limits: limits.map((limit) => ({ ...limit, resetsAt: new Date(limit.resetsAt) })),
    requestId: 'request-1',
    attempts: 1,
  });
});

test('usage is a GET without a body, with the key and the headers of the call', async () => {
  const { client, calls } = await scene([200, { limits: [] }]);
  expect(await client.usage({ headers: { 'x-tag': 'a' } })).toMatchObject({
    limits: [],
    requestId: undefined,
  });
  expect(calls).toMatchObject([{ method: 'GET', path: '/dev/usage', body: '' }]);
  expect(calls[0]?.headers).toMatchObject({ 'x-api-key': apiKey, 'x-tag': 'a', accept: 'application/json' });
  expect(calls[0]?.headers).not.toHaveProperty('content-type');
  expect(calls[0]?.headers).not.toHaveProperty('content-length');
});

test('a custom fetch gets no body either', async () => {
  const fetch = vi.fn(async () => Response.json({ limits: [] }));
  await createBedrockClient({ baseUrl: 'https://proxy.example/dev', apiKey, fetch }).usage();
  expect(fetch).toHaveBeenCalledExactlyOnceWith('https://proxy.example/dev/usage', {
    method: 'GET',
    headers: expect.objectContaining({ 'x-api-key': apiKey }),
    signal: expect.any(AbortSignal),
    redirect: 'manual',
  });
});

test('kinds of limits and fields that a newer proxy adds do no harm', async () => {
  const [requests] = limits;
  const newer = { ...requests, limit: 'images', period: 'week', scope: 'account', burst: 3 };
  const { client } = await scene([200, { limits: [newer, requests], mood: 'grim' }]);
  expect((await client.usage()).limits).toMatchObject([{ limit: 'images' }, { limit: 'requests' }]);
});

test.each([
  [429, envelope('rate_limited')],
  [503, envelope('limits_unavailable')],
  [500, envelope('internal')],
])('%d %j is sent again', async (status, body) => {
  const { client, calls, waits } = await scene([status, body], [200, { limits }]);
  expect(await client.usage()).toMatchObject({ attempts: 2 });
  expect(calls.map(({ method }) => method)).toEqual(['GET', 'GET']);
  expect(waits).toEqual([250]);
});

test.each([
  [401, envelope('unauthenticated'), 'AuthenticationError'],
  [429, { message: 'Limit Exceeded' }, 'QuotaExceededError'],
  [403, { message: 'Missing Authentication Token' }, 'InvalidRequestError'],
])('%d %j is sent once alone', async (status, body, name) => {
  const { client, calls } = await scene([status, body]);
  await expect(client.usage()).rejects.toMatchObject({ name, status, attempts: 1 });
  expect(calls).toHaveLength(1);
});

test('retries can be limited for one call', async () => {
  const { client, calls } = await scene([503, envelope('limits_unavailable')]);
  await expect(client.usage({ maxRetries: 0 })).rejects.toMatchObject({ name: 'ServerError', attempts: 1 });
  expect(calls).toHaveLength(1);
});

describe('a response that is not a report', () => {
  test.each<[string, unknown, object[]]>([
    ['of HTML', '<html>', []],
    ['without limits', {}, [{ path: 'limits', message: 'expected array' }]],
    [
      'with an amount that is text',
      { limits: [{ ...limits[0], max: '80' }] },
      [{ path: 'limits.0.max', message: 'expected number' }],
    ],
    [
      'with a reset that is not a date',
      { limits: [limits[0], { ...limits[1], resetsAt: 'soon' }] },
      [{ path: 'limits.1.resetsAt', message: 'expected date' }],
    ],
  ])('%s is invalid, and says where', async (_, body, issues) => {
    const { client } = await scene([200, body, { 'x-request-id': 'request-7' }]);
    await expect(client.usage()).rejects.toMatchObject({
      name: 'InvalidResponseError',
      requestId: 'request-7',
      issues,
    });
  });
});

test.each<[string, RequestOptions, string]>([
  ['a time limit', { timeoutMs: 0 }, 'timeoutMs'],
  ['a header', { headers: { 'x-tag': 'a\nb' } }, 'headers'],
])('%s that is wrong rejects the call before anything is sent', async (_, options, field) => {
  const { client, calls } = await scene([200, { limits }]);
  await expect(client.usage(options)).rejects.toMatchObject({ code: 'invalid_configuration', field });
  expect(calls).toEqual([]);
});

test('the caller’s signal ends it', async () => {
  const { client, calls } = await scene([200, { limits }]);
  const reason = new Error('The user left.');
  await expect(client.usage({ signal: AbortSignal.abort(reason) })).rejects.toMatchObject({
    code: 'aborted',
    cause: reason,
  });
  expect(calls).toEqual([]);
});

test('a server that does not answer in time ends it', async () => {
  const { url } = await serve(() => {});
  const client = createBedrockClient({ baseUrl: url, apiKey });
  await expect(client.usage({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout', phase: 'response' });
});
