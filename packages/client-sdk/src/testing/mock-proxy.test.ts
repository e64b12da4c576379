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
import type { BedrockClient } from '../bedrock-client.ts';
import { createClient } from '../client.ts';
import { systemRuntime } from '../runtime.ts';
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

const outputSchema = { type: 'object' };

/** A client that is answered through msw, and need not wait either. */
function throughMsw(proxy: MockProxy): BedrockClient {
  const server = setupServer(...proxy.handlers(http));
  server.listen({ onUnhandledFrame: 'error' });
  onTestFinished(() => server.close());
  const options = { baseUrl: 'https://proxy.example/dev', apiKey: 'planted-key' };
  return createClient(options, { ...systemRuntime, sleep: async () => {} });
}

type Script = Exclude<keyof MockProxy, 'fetch' | 'calls' | 'handlers'>;
type Use = (client: BedrockClient) => Promise<unknown>;

const ask: Use = (client) => client.ask('llama', 'Hi', { timeoutMs: 100 });
const stream: Use = (client) => client.stream('llama', 'Hi', { idleTimeoutMs: 100 }).final();

/** What the client makes of each script: what it returns or throws. */
const outcomes: Readonly<
  Record<Script, [script: (proxy: MockProxy) => MockProxy, use: Use, outcome: object][]>
> = {
  answer: [
    [(proxy) => proxy.answer('Hello.'), ask, { text: 'Hello.', stopReason: 'end_turn', attempts: 1 }],
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
      (client) => client.ask('llama', 'Who?', { outputSchema }),
      { output: { name: 'Ada' }, text: '{"name":"Ada"}' },
    ],
    [
      (proxy) => proxy.answer({ output: { name: 'Ada' } }),
      (client) => client.stream('llama', 'Who?', { outputSchema }).final(),
      { output: { name: 'Ada' }, text: '{"name":"Ada"}' },
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
    [(proxy) => proxy.error('quota_exceeded'), ask, { name: 'QuotaExceededError', attempts: 1 }],
    [(proxy) => proxy.error('quota_exceeded'), stream, { name: 'QuotaExceededError', attempts: 1 }],
    [
      (proxy) => proxy.error('rate_limited', { retryAfter: 50 }).error('model_throttled').answer('Hello.'),
      ask,
      { text: 'Hello.', attempts: 3 },
    ],
    [
      (proxy) =>
        proxy.error('quota_exceeded', {
          message: 'Used up.',
          details: {
            limit: 'usd',
            period: 'month',
            scope: 'team',
            max: 5,
            used: 5,
            resetsAt: resetsAt.toISOString(),
          },
        }),
      ask,
      { name: 'QuotaExceededError', message: 'Used up.', limit: 'usd', max: 5, resetsAt },
    ],
  ],
  gatewayError: [
    [
      (proxy) => proxy.gatewayError(429, 'Limit Exceeded'),
      ask,
      { name: 'QuotaExceededError', max: undefined },
    ],
    [(proxy) => proxy.gatewayError(403, 'Forbidden'), stream, { name: 'AuthenticationError' }],
  ],
  webPage: [
    [(proxy) => proxy.webPage(), ask, { name: 'InvalidResponseError', contentType: 'text/html' }],
    [(proxy) => proxy.webPage(), stream, { name: 'InvalidResponseError', contentType: 'text/html' }],
  ],
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
      (proxy) => proxy.failStream(['Hel'], 'upstream_error'),
      stream,
      { name: 'ServerError', code: 'upstream_error' },
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

test('a refused connection is tried again, for nothing was sent; msw cannot say why it failed', async () => {
  const refused = () => createMockProxy().refuse().refuse().refuse();
  const [direct, intercepted] = [createMockClient(refused()), throughMsw(refused())];
  await expect(direct.ask('llama', 'Hi')).rejects.toMatchObject({ retryable: true, attempts: 3 });
  await expect(intercepted.ask('llama', 'Hi')).rejects.toMatchObject({ retryable: false, attempts: 1 });
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
