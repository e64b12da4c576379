import { errorCodes, errorDefinition } from '@org/contract';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { settings } from '../../test/scene.ts';
import type { BedrockClient } from '../bedrock-client.ts';
import { systemRuntime } from '../call/runtime.ts';
import { createClient } from '../client.ts';
import { isBedrockProxyError } from '../errors/errors.ts';
import { tool } from '../options/tool.ts';
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

const outputSchema = { type: 'object' };
const labelled = { schema: z.object({ label: z.string() }), outputSchema };

/** A client that is answered through msw, and need not wait either. */
function throughMsw(proxy: MockProxy): BedrockClient {
  const server = setupServer(...proxy.handlers(http));
  server.listen({ onUnhandledFrame: 'error' });
  onTestFinished(() => server.close());
  const options = { ...settings, apiKey: 'planted-key' };
  return createClient(options, { ...systemRuntime, sleep: async () => {} });
}

type Script = Exclude<keyof MockProxy, 'fetch' | 'calls' | 'handlers'>;
type Use = (client: BedrockClient) => Promise<unknown>;

const ask: Use = (client) => client.ask('llama', 'Hi', { timeoutMs: 100 });
const askOnce: Use = (client) => client.ask('llama', 'Hi', { maxRetries: 0 });
const stream: Use = (client) => client.stream('llama', 'Hi', { idleTimeoutMs: 100 }).final();

/** What the client makes of each script: what it returns or throws. */
const outcomes: Readonly<
  Record<Script, [script: (proxy: MockProxy) => MockProxy, use: Use, outcome: object][]>
> = {
  answer: [
    [(proxy) => proxy.answer('Hello.'), stream, { text: 'Hello.', stopReason: 'end_turn', attempts: 1 }],
    [
      (proxy) => proxy.answer({ text: 'Hel', stopReason: 'max_tokens', limits: [limit] }),
      ask,
      { text: 'Hel', stopReason: 'max_tokens', limits: [limit] },
    ],
    [
      (proxy) => proxy.answer(['Hel', 'lo.']),
      async (client) => {
        const pieces: string[] = [];
        for await (const text of client.stream('llama', 'Hi').textStream()) pieces.push(text);
        return { pieces };
      },
      { pieces: ['Hel', 'lo.'] },
    ],
    [
      (proxy) => proxy.answer({ output: { name: 'Ada' } }),
      (client) => client.stream('llama', 'Who?', { outputSchema }).final(),
      { output: { name: 'Ada' }, text: '{"name":"Ada"}' },
    ],
    [
      (proxy) => proxy.answer({ text: '{"label":"good"}', stopReason: 'stop_sequence' }),
      (client) => client.ask('llama', 'Which?', { outputSchema }),
      { output: { label: 'good' }, stopReason: 'stop_sequence' },
    ],
    [
      (proxy) => proxy.answer(['{"label":', '"good"}']),
      (client) => client.stream('llama', 'Which?', labelled).final(),
      { output: { label: 'good' }, text: '{"label":"good"}' },
    ],
    [
      (proxy) => proxy.answer({ text: '{"label":"good"}', output: { label: 'bad' } }),
      (client) => client.ask('llama', 'Which?', labelled),
      { output: { label: 'bad' }, text: '{"label":"good"}' },
    ],
    [
      (proxy) => proxy.answer('Good.'),
      (client) => client.ask('llama', 'Which?', labelled),
      { name: 'OutputValidationError', stopReason: 'end_turn' },
    ],
  ],
  toolCall: [
    [
      (proxy) => proxy.toolCall('weather', { city: 'Oslo' }),
      stream,
      {
        text: '',
        content: [{ type: 'tool_use', id: 'mock-call-1', name: 'weather', input: { city: 'Oslo' } }],
        stopReason: 'tool_use',
      },
    ],
    [
      (proxy) => proxy.toolCall('clock', {}).answer('It is noon.'),
      (client) =>
        client.run('llama', 'What time is it?', {
          tools: [tool({ name: 'clock', inputSchema: { type: 'object' }, run: () => 'Noon.' })],
        }),
      { text: 'It is noon.', steps: [{ results: [{ result: { content: 'Noon.' } }] }, { results: [] }] },
    ],
  ],
  embeddings: [
    [
      (proxy) => proxy.embeddings([[1, 0]]),
      (client) => client.embed('titan-embed-v2', 'Hi'),
      { model: 'titan-embed-v2', vectors: [[1, 0]], requestId: 'mock-request' },
    ],
  ],
  models: [
    [
      (proxy) => proxy.models([model]),
      (client) => client.models(),
      { models: [model], requestId: 'mock-request' },
    ],
  ],
  usage: [[(proxy) => proxy.usage([limit]), (client) => client.usage(), { limits: [limit] }]],
  error: [
    [
      (proxy) => proxy.error('quota_exceeded'),
      stream,
      { name: 'QuotaExceededError', limit: 'requests', period: 'day', scope: 'key', max: 100, used: 100 },
    ],
    [
      (proxy) =>
        proxy.error('quota_exceeded', {
          message: 'Used up.',
          details: { limit: 'tokens', scope: 'team', resetsAt: resetsAt.toISOString() },
        }),
      ask,
      { message: 'Used up.', limit: 'tokens', period: 'day', scope: 'team', max: 100, resetsAt },
    ],
    [
      (proxy) => proxy.error('rate_limited', { details: { max: 3, used: 3 } }),
      askOnce,
      { limit: 'requests', period: 'minute', max: 3, used: 3 },
    ],
    [(proxy) => proxy.error('rate_limited'), askOnce, { limit: undefined, max: undefined }],
    [
      (proxy) => proxy.error('quota_exceeded', { details: null }),
      ask,
      { name: 'QuotaExceededError', limit: undefined, max: undefined, resetsAt: undefined },
    ],
    [
      (proxy) => proxy.error('unknown_model'),
      ask,
      { name: 'UnknownModelError', available: ['nova-micro', 'nova-pro'] },
    ],
    [
      (proxy) => proxy.error('invalid_request'),
      ask,
      { name: 'InvalidRequestError', param: 'maxTokens', issues: [{ path: 'maxTokens' }] },
    ],
    [
      (proxy) =>
        proxy.error('invalid_request', { details: { issues: [{ path: 'stop', message: 'is long' }] } }),
      ask,
      { param: 'stop', issues: [{ path: 'stop', message: 'is long' }] },
    ],
    [(proxy) => proxy.error('invalid_request', { details: null }), ask, { param: undefined, issues: [] }],
    [(proxy) => proxy.error('unsupported_feature'), ask, { param: 'outputSchema' }],
    [(proxy) => proxy.error('unsupported_feature', { param: 'system' }), ask, { param: 'system' }],
    [
      (proxy) => proxy.error('invalid_output', { details: { stopReason: 'max_tokens' } }),
      ask,
      { name: 'OutputValidationError', stopReason: 'max_tokens', issues: [{ path: 'label' }] },
    ],
    [
      (proxy) => proxy.error('rate_limited', { retryAfter: 50 }).error('model_throttled').answer('Hello.'),
      ask,
      { text: 'Hello.', attempts: 3 },
    ],
  ],
  gatewayError: [
    [
      (proxy) => proxy.gatewayError(429, 'Limit Exceeded'),
      ask,
      { name: 'QuotaExceededError', max: undefined },
    ],
  ],
  webPage: [[(proxy) => proxy.webPage(), stream, { name: 'InvalidResponseError', contentType: 'text/html' }]],
  stall: [[(proxy) => proxy.stall(), ask, { name: 'TimeoutError', phase: 'response' }]],
  cutBody: [[(proxy) => proxy.cutBody(), ask, { name: 'ConnectionError', retryable: false }]],
  refuse: [[(proxy) => proxy.refuse().refuse().refuse(), ask, { name: 'ConnectionError' }]],
  cutStream: [
    [(proxy) => proxy.cutStream(['Hel']), stream, { name: 'StreamInterruptedError', textReceived: true }],
  ],
  stallStream: [
    [(proxy) => proxy.stallStream(['Hel']), stream, { name: 'TimeoutError', phase: 'body', limitMs: 100 }],
  ],
  failStream: [
    [
      (proxy) => proxy.failStream(['Hel'], 'quota_exceeded'),
      stream,
      { name: 'QuotaExceededError', limit: 'requests', max: 100 },
    ],
  ],
};

const cases = Object.entries(outcomes).flatMap(([script, rows]) =>
  rows.map(([add, use, outcome]) => ({ script, add, use, outcome })),
);

describe.each([
  ['as a fetch', createMockClient],
  ['through msw', throughMsw],
])('a mock proxy %s', (_, connect) => {
  test.each(cases)('$script: $outcome', async ({ add, use, outcome }) => {
    const client = connect(add(createMockProxy()));
    expect(await use(client).catch((error) => error)).toMatchObject(outcome);
  });

  test('answers without a script', async () => {
    const client = connect(createMockProxy());
    const answer = { model: 'llama', text: 'A mock answer.' };
    expect(await client.ask('llama', 'Hi')).toMatchObject(answer);
    expect(await client.stream('llama', 'Hi').final()).toMatchObject(answer);
    expect(await client.embed('titan-embed-v2', ['Hi', 'Ho'])).toMatchObject({
      vectors: [
        [0.6, 0.8],
        [0.6, 0.8],
      ],
    });
    expect(await client.models()).toMatchObject({ models: [] });
    expect(await client.usage()).toMatchObject({ limits: [] });
  });

  test('answers as scripted, in order', async () => {
    const client = connect(createMockProxy().answer('One.').error('unauthenticated').answer('Two.'));
    expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'One.' });
    expect(await client.safeAsk('llama', 'Hi')).toMatchObject({ ok: false });
    expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'Two.' });
  });

  test('remembers what was asked, without the key', async () => {
    const proxy = createMockProxy();
    const client = connect(proxy);
    await client.ask('llama', 'Hi', { maxTokens: 5, headers: { 'x-tag': 'a' } });
    await client.usage();
    expect(proxy.calls).toMatchObject([
      {
        operation: 'ask',
        body: { model: 'llama', question: 'Hi', maxTokens: 5 },
        headers: { 'x-tag': 'a', 'x-api-key': '[API key]' },
      },
      { operation: 'usage', body: {} },
    ]);
    expect(JSON.stringify(proxy.calls)).not.toContain('planted-key');
  });

  test('hears that a stream is left', async () => {
    const client = connect(createMockProxy().stallStream(['Hel']));
    const stream = client.stream('llama', 'Hi');
    for await (const text of stream.textStream()) {
      expect(text).toBe('Hel');
      break;
    }
    await expect(stream.final()).rejects.toMatchObject({ name: 'AbortedError' });
  });
});

test('a refused connection is retried, because nothing was sent; msw cannot say why it failed', async () => {
  const refused = () => createMockProxy().refuse().refuse().refuse();
  const [direct, intercepted] = [createMockClient(refused()), throughMsw(refused())];
  await expect(direct.ask('llama', 'Hi')).rejects.toMatchObject({ retryable: true, attempts: 3 });
  await expect(intercepted.ask('llama', 'Hi')).rejects.toMatchObject({ retryable: false, attempts: 1 });
});

test.each(errorCodes)(
  'the error %s has the status, the message and the retries of the contract',
  async (code) => {
    const client = createMockClient(createMockProxy().error(code), { maxRetries: 0 });
    const { status, message, retryable } = errorDefinition(code);
    await expect(client.usage()).rejects.toMatchObject({ code, status, message, retryable });
  },
);

describe('a reply that cannot answer what is asked', () => {
  const usageInPlaceOfAnswer =
    'Request 2 to the mock proxy is stream(), but the next reply of its script is usage(...), which can only ' +
    'answer usage(). Each request takes the next reply, also a retry: script answer(...) for this one.';

  test.each<[script: (proxy: MockProxy) => MockProxy, use: Use, message: string]>([
    [(proxy) => proxy.error('model_throttled').usage([limit]), stream, usageInPlaceOfAnswer],
    [
      (proxy) => proxy.answer('Hi'),
      (client) => client.usage(),
      'answer(...), which can only answer ask() and stream()',
    ],
    [(proxy) => proxy.embeddings([]), ask, 'embeddings(...), which can only answer embed()'],
    [(proxy) => proxy.answer('Hi'), (client) => client.models(), 'script models([...]) for this one'],
    [(proxy) => proxy.models([model]), (client) => client.usage(), 'script usage([...]) for this one'],
    [(proxy) => proxy.usage([limit]), ask, 'script answer(...) for this one'],
    [(proxy) => proxy.cutStream(['Hel']), ask, 'cutStream(...), which can only answer stream()'],
    [(proxy) => proxy.stallStream(['Hel']), ask, 'stallStream(...), which can only answer stream()'],
    [
      (proxy) => proxy.failStream(['Hel'], 'internal'),
      ask,
      'failStream(...), which can only answer stream()',
    ],
    [
      (proxy) => proxy.cutBody(),
      stream,
      'cutBody(...), which can only answer ask(), embed(), models() and usage()',
    ],
  ])('is a bug of the test, which the client does not take for a failure: %#', async (add, use, message) => {
    const error: unknown = await use(createMockClient(add(createMockProxy()))).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'Error', message: expect.stringContaining(message) });
    expect(isBedrockProxyError(error)).toBe(false);
  });

  test('is named by the error that comes through msw, which is not retried', async () => {
    const client = throughMsw(createMockProxy().error('model_throttled').usage([limit]));
    await expect(stream(client)).rejects.toMatchObject({
      name: 'InvalidRequestError',
      attempts: 2,
      message: usageInPlaceOfAnswer,
    });
  });

  test('is left behind: the next request takes the next reply', async () => {
    const client = createMockClient(createMockProxy().usage([limit]).answer('Hello.'));
    await expect(client.ask('llama', 'Hi')).rejects.toThrow();
    expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'Hello.' });
  });
});

test('hooks and a logger of a mock client hear of the waits that there would have been', async () => {
  const waits: number[] = [];
  const lines: string[] = [];
  const client = createMockClient(
    createMockProxy().error('rate_limited', { retryAfter: 30 }).answer('Hello.'),
    {
      hooks: { onRetry: ({ delayMs }) => waits.push(delayMs) },
      logger: { debug: () => {}, warn: (line) => lines.push(line) },
    },
  );
  expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'Hello.', attempts: 2 });
  expect(waits).toHaveLength(1);
  expect(waits[0]).toBeGreaterThanOrEqual(30_000);
  expect(lines).toEqual([expect.stringContaining('rate_limited; retrying in 3')]);
});

test('a quota that is used up resets when the day of its request ends, UTC', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-12-31T22:15:00Z') });
  onTestFinished(() => void vi.useRealTimers());
  const client = createMockClient(createMockProxy().error('quota_exceeded').error('quota_exceeded'));
  await expect(client.usage()).rejects.toMatchObject({ resetsAt: new Date('2027-01-01T00:00:00Z') });
  vi.setSystemTime(new Date('2027-01-01T00:00:00Z'));
  await expect(client.usage()).rejects.toMatchObject({ resetsAt: new Date('2027-01-02T00:00:00Z') });
});

test('a path that is not of the proxy is a bug of the test', async () => {
  const { signal } = new AbortController();
  const init = { method: 'GET', headers: {}, signal, redirect: 'manual' } as const;
  const fetched = createMockProxy().fetch('https://mock/elsewhere', init);
  await expect(fetched).rejects.toThrow('has no route at /elsewhere');
});
