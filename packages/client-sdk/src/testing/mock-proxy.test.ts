import {
  Answer,
  type ErrorCode,
  ErrorEnvelope,
  errorCodes,
  errorDefinition,
  ModelList,
  StreamEvent,
  UsageReport,
} from '@org/contract';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createBedrockClient } from '../client.ts';
import { createEventParser } from '../server-sent-events.ts';
import { createMockClient } from './mock-client.ts';
import { createMockProxy, type MockProxy } from './mock-proxy.ts';

const resetsAt = new Date('2026-12-01T00:00:00Z');
const limit = { limit: 'requests', period: 'day', scope: 'key', max: 5, used: 1, remaining: 4, resetsAt };
const model = {
  alias: 'llama',
  modelId: 'meta.llama',
  capabilities: [],
  maxOutputTokens: 5,
  lifecycle: { status: 'active' },
};

describe('a mock proxy', () => {
  test('answers without a script', async () => {
    const client = createMockClient();
    expect(await client.ask('llama', 'Hi')).toMatchObject({
      model: 'llama',
      text: 'A mock answer.',
      attempts: 1,
    });
    expect(await client.stream('llama', 'Hi').final()).toMatchObject({ text: 'A mock answer.' });
    expect(await client.models()).toMatchObject({ models: [] });
    expect(await client.usage()).toMatchObject({ limits: [] });
  });

  test('answers as scripted, in order', async () => {
    const proxy = createMockProxy()
      .answer('One.')
      .answer({ text: 'Two.', stopReason: 'max_tokens', limits: [limit] });
    const client = createMockClient(proxy);
    expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'One.', stopReason: 'end_turn' });
    expect(await client.ask('llama', 'Hi')).toMatchObject({
      text: 'Two.',
      stopReason: 'max_tokens',
      limits: [limit],
    });
  });

  test('streams an answer in its pieces', async () => {
    const client = createMockClient(createMockProxy().answer(['Hel', 'lo.']));
    const pieces: string[] = [];
    for await (const text of client.stream('llama', 'Hi').textStream()) pieces.push(text);
    expect(pieces).toEqual(['Hel', 'lo.']);
  });

  test('answers with an output', async () => {
    const proxy = createMockProxy()
      .answer({ output: { name: 'Ada' } })
      .answer({ output: { name: 'Ada' } });
    const client = createMockClient(proxy);
    const expected = { output: { name: 'Ada' }, text: '{"name":"Ada"}' };
    const outputSchema = { type: 'object' };
    expect(await client.ask('llama', 'Who?', { outputSchema })).toMatchObject(expected);
    expect(await client.stream('llama', 'Who?', { outputSchema }).final()).toMatchObject(expected);
  });

  test('lists models and limits', async () => {
    const client = createMockClient(createMockProxy().models([model]).usage([limit]));
    expect(await client.models()).toMatchObject({ models: [model], requestId: 'mock-request' });
    expect(await client.usage()).toMatchObject({ limits: [limit] });
  });

  test('remembers what was asked, without the key', async () => {
    const proxy = createMockProxy();
    const client = createBedrockClient({
      baseUrl: 'https://mock/dev',
      apiKey: 'planted-key',
      fetch: proxy.fetch,
    });
    await client.ask('llama', 'Hi', { maxTokens: 5, headers: { 'x-tag': 'a' } });
    await client.usage();
    expect(proxy.calls).toMatchObject([
      { operation: 'ask', body: { model: 'llama', question: 'Hi', maxTokens: 5 }, headers: { 'x-tag': 'a' } },
      { operation: 'usage', body: {} },
    ]);
    expect(JSON.stringify(proxy.calls)).not.toContain('planted-key');
  });

  test('fails as scripted, and the client tries again without a wait', async () => {
    const proxy = createMockProxy()
      .error('rate_limited', { retryAfter: 50 })
      .error('model_throttled')
      .answer('Hello.');
    expect(await createMockClient(proxy).ask('llama', 'Hi')).toMatchObject({ text: 'Hello.', attempts: 3 });
  });

  test('says details of an error', async () => {
    const details = {
      limit: 'usd',
      period: 'month',
      scope: 'team',
      max: 5,
      used: 5,
      resetsAt: resetsAt.toISOString(),
    };
    const proxy = createMockProxy().error('quota_exceeded', { message: 'Used up.', details });
    await expect(createMockClient(proxy).ask('llama', 'Hi')).rejects.toMatchObject({
      name: 'QuotaExceededError',
      message: 'Used up.',
      limit: 'usd',
      resetsAt,
    });
  });
});

test.each<[string, (proxy: MockProxy) => MockProxy, object]>([
  [
    'gatewayError',
    (proxy) => proxy.gatewayError(429, 'Limit Exceeded'),
    { name: 'QuotaExceededError', max: undefined },
  ],
  ['gatewayError', (proxy) => proxy.gatewayError(403, 'Forbidden'), { name: 'AuthenticationError' }],
  ['webPage', (proxy) => proxy.webPage(), { name: 'InvalidResponseError', contentType: 'text/html' }],
  ['stall', (proxy) => proxy.stall(), { name: 'TimeoutError', phase: 'response' }],
  ['cutBody', (proxy) => proxy.cutBody(), { name: 'ConnectionError', retryable: false }],
  [
    'refuse',
    (proxy) => proxy.refuse().refuse().refuse(),
    { name: 'ConnectionError', retryable: true, attempts: 3 },
  ],
])('%s is what the client makes of it', async (_, script, expected) => {
  const client = createMockClient(script(createMockProxy()));
  await expect(client.ask('llama', 'Hi', { timeoutMs: 50 })).rejects.toMatchObject(expected);
});

test.each<[string, (proxy: MockProxy) => MockProxy, object]>([
  ['cutStream', (proxy) => proxy.cutStream(['Hel']), { name: 'StreamInterruptedError', textReceived: true }],
  [
    'stallStream',
    (proxy) => proxy.stallStream(['Hel']),
    { name: 'TimeoutError', phase: 'body', limitMs: 50 },
  ],
  [
    'failStream',
    (proxy) => proxy.failStream(['Hel'], 'upstream_error'),
    { name: 'ServerError', code: 'upstream_error' },
  ],
  ['error', (proxy) => proxy.error('quota_exceeded'), { name: 'QuotaExceededError' }],
])('a stream fails as scripted: %s', async (_, script, expected) => {
  const client = createMockClient(script(createMockProxy()));
  const stream = client.stream('llama', 'Hi', { idleTimeoutMs: 50 });
  await expect(stream.final()).rejects.toMatchObject(expected);
});

describe('what it says is of the contract', () => {
  const get = async (proxy: MockProxy, path: string, body?: object) => {
    const { signal } = new AbortController();
    const init = { headers: {}, signal, redirect: 'manual' } as const;
    return body === undefined
      ? proxy.fetch(`https://mock${path}`, { ...init, method: 'GET' })
      : proxy.fetch(`https://mock${path}`, { ...init, method: 'POST', body: JSON.stringify(body) });
  };

  test('its answers and lists', async () => {
    const proxy = createMockProxy()
      .answer({ output: 1, limits: [limit] })
      .models([model])
      .usage([limit]);
    const body = { model: 'llama', question: 'Hi' };
    Answer.parse(await (await get(proxy, '/bedrock', body)).json());
    ModelList.parse(await (await get(proxy, '/models')).json());
    UsageReport.parse(await (await get(proxy, '/usage')).json());
  });

  test('its events', async () => {
    const response = await get(createMockProxy().answer(['a', 'b']), '/dev/bedrock/stream', {
      model: 'llama',
    });
    const events = createEventParser().push(new Uint8Array(await response.arrayBuffer()));
    expect(events.map((event) => StreamEvent.parse(JSON.parse(event)).type)).toEqual([
      'start',
      'delta',
      'delta',
      'done',
    ]);
  });

  test.each(errorCodes)('its error %s', async (code: ErrorCode) => {
    const response = await get(createMockProxy().error(code), '/usage');
    const { status, retryable } = errorDefinition(code);
    expect(response.status).toBe(status);
    expect(response.headers.get('x-should-retry')).toBe(String(retryable));
    expect(ErrorEnvelope.parse(await response.json()).error.code).toBe(code);
  });

  test('its routes', async () => {
    await expect(get(createMockProxy(), '/elsewhere')).rejects.toThrow('has no route at /elsewhere');
  });
});

test('its handlers let msw answer for it', async () => {
  const proxy = createMockProxy()
    .error('rate_limited')
    .answer('Hello.')
    .answer(['Hel', 'lo.'])
    .cutStream(['Hel'])
    .cutBody()
    .refuse();
  const server = setupServer(...proxy.handlers(http));
  server.listen({ onUnhandledFrame: 'error' });
  onTestFinished(() => server.close());
  const client = createBedrockClient({ baseUrl: 'https://proxy.example/dev', apiKey: 'key', maxRetries: 1 });
  expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'Hello.', attempts: 2 });
  expect(await client.stream('llama', 'Hi').final()).toMatchObject({ text: 'Hello.' });
  await expect(client.stream('llama', 'Hi').final()).rejects.toMatchObject({ code: 'stream_interrupted' });
  await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({ code: 'connection_failed' });
  await expect(client.usage()).rejects.toMatchObject({ code: 'connection_failed' });
  expect(await client.models()).toMatchObject({ models: [] });
  expect(proxy.calls).toHaveLength(7);
});
