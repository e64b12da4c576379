import {
  AnswerSchema,
  AvailableModelsSchema,
  type ErrorCode,
  ErrorEnvelopeSchema,
  errorCodes,
  errorDefinition,
  ModelListSchema,
  RequestIssuesSchema,
  StreamEventSchema,
  UsageReportSchema,
} from '@org/contract';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod/mini';
import type { BedrockClient } from '../bedrock-client.ts';
import { systemRuntime } from '../call/runtime.ts';
import { createClient } from '../client.ts';
import type { SentErrorCode } from '../errors/error-codes.ts';
import { isBedrockProxyError } from '../errors/errors.ts';
import { createEventParser } from '../stream/server-sent-events.ts';
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
    [
      (proxy) => proxy.answer('{"label":"good"}'),
      (client) => client.ask('llama', 'Which?', labelled),
      { output: { label: 'good' }, text: '{"label":"good"}' },
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
    [
      (proxy) => proxy.error('quota_exceeded'),
      stream,
      { name: 'QuotaExceededError', limit: 'requests', period: 'day', scope: 'key', max: 100, used: 100 },
    ],
    [
      (proxy) =>
        proxy.error('quota_exceeded', {
          details: { limit: 'tokens', scope: 'team', resetsAt: resetsAt.toISOString() },
        }),
      ask,
      { limit: 'tokens', period: 'day', scope: 'team', max: 100, resetsAt },
    ],
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
      (proxy) => proxy.error('model_not_allowed', { details: { available: ['titan'] } }),
      ask,
      { name: 'PermissionDeniedError', available: ['titan'] },
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
    [
      (proxy) => proxy.error('invalid_request', { details: null }),
      ask,
      { name: 'InvalidRequestError', param: undefined, issues: [] },
    ],
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

/** A reply that cannot answer what is asked, and what the error names: request, reply, what it can answer, what can. */
const misfits: readonly [script: (proxy: MockProxy) => MockProxy, use: Use, ...names: string[]][] = [
  [
    (proxy) => proxy.answer('Hello.'),
    (client) => client.usage(),
    'Request 1 to the mock proxy is usage()',
    'answer(...)',
    'ask() and stream()',
    'usage([...])',
  ],
  [
    (proxy) => proxy.answer('Hello.'),
    (client) => client.models(),
    'models()',
    'answer(...)',
    'ask() and stream()',
    'models([...])',
  ],
  [(proxy) => proxy.models([model]), (client) => client.usage(), 'usage()', 'models(...)', 'answer models()'],
  [(proxy) => proxy.usage([limit]), ask, 'ask()', 'usage(...)', 'answer usage()', 'script answer(...)'],
  [
    (proxy) => proxy.error('model_throttled').usage([limit]),
    stream,
    'Request 2 to the mock proxy is stream()',
    'usage(...)',
  ],
  [(proxy) => proxy.cutStream(['Hel']), ask, 'cutStream(...)', 'answer stream()'],
  [(proxy) => proxy.stallStream(['Hel']), ask, 'stallStream(...)'],
  [(proxy) => proxy.failStream(['Hel'], 'internal'), ask, 'failStream(...)'],
  [(proxy) => proxy.cutBody(), stream, 'cutBody(...)', 'ask(), models() and usage()'],
];

describe('a reply that cannot answer what is asked', () => {
  test.each(misfits)(
    'is a bug of the test, which the client does not take for a failure: %#',
    async (add, use, ...names) => {
      const error: Error = await use(createMockClient(add(createMockProxy()))).then(String, (error) => error);
      expect(error).toBeInstanceOf(Error);
      for (const name of names) expect(error.message).toContain(name);
      expect(isBedrockProxyError(error)).toBe(false);
    },
  );

  test('is thrown where failures of a call are returned, too', async () => {
    const client = createMockClient(createMockProxy().usage([limit]));
    await expect(client.safeAsk('llama', 'Hi')).rejects.toThrow('Request 1 to the mock proxy is ask()');
  });

  test('is the cause where a fetch around that of the mock looks at the response first', async () => {
    const proxy = createMockProxy().usage([limit]);
    const client = createClient(
      {
        baseUrl: 'https://mock',
        apiKey: 'key',
        fetch: async (url, init) => {
          const response = await proxy.fetch(url, init);
          return response.status === 204 ? Response.json({}) : response;
        },
      },
      systemRuntime,
    );
    await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({
      name: 'ConnectionError',
      attempts: 1,
      cause: { message: expect.stringContaining('Request 1 to the mock proxy is ask()') },
    });
  });

  test.each(misfits)(
    'is named by the error that comes through msw, which is not retried: %#',
    async (add, use, ...names) => {
      const proxy = add(createMockProxy());
      const error: Error = await use(throughMsw(proxy)).then(String, (error) => error);
      expect(error).toMatchObject({ name: 'InvalidRequestError', attempts: proxy.calls.length });
      for (const name of names) expect(error.message).toContain(name);
    },
  );

  test('is left behind: the next request takes the next reply', async () => {
    const client = createMockClient(createMockProxy().usage([limit]).answer('Hello.'));
    await expect(client.ask('llama', 'Hi')).rejects.toThrow();
    expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'Hello.' });
  });
});

describe('a mock client takes the options of a client', () => {
  test('hooks and a logger hear of every retry, with the wait that there would have been', async () => {
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

  test.each([0, 3])('a request is sent again %i times where maxRetries says so', async (maxRetries) => {
    const proxy = createMockProxy();
    for (let tried = 0; tried < 5; tried += 1) proxy.error('model_throttled');
    await expect(createMockClient(proxy, { maxRetries }).ask('llama', 'Hi')).rejects.toMatchObject({
      attempts: maxRetries + 1,
    });
  });

  test('its limits on time hold', async () => {
    const stalled = createMockClient(createMockProxy().stall(), { timeoutMs: 20 });
    await expect(stalled.usage()).rejects.toMatchObject({ name: 'TimeoutError', limitMs: 20 });
    const late = createMockClient(createMockProxy().error('rate_limited', { retryAfter: 5 }), {
      deadlineMs: 4000,
    });
    await expect(late.usage()).rejects.toMatchObject({ name: 'RateLimitedError', attempts: 1 });
  });
});

test('a quota that is used up resets when the day of its request ends, UTC', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-12-31T22:15:00Z') });
  onTestFinished(() => void vi.useRealTimers());
  const client = createMockClient(createMockProxy().error('quota_exceeded').error('quota_exceeded'));
  await expect(client.usage()).rejects.toMatchObject({ resetsAt: new Date('2027-01-01T00:00:00Z') });
  vi.setSystemTime(new Date('2027-01-01T00:00:00Z'));
  await expect(client.usage()).rejects.toMatchObject({ resetsAt: new Date('2027-01-02T00:00:00Z') });
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
    AnswerSchema.parse(await (await get(proxy, '/bedrock', body)).json());
    ModelListSchema.parse(await (await get(proxy, '/models')).json());
    UsageReportSchema.parse(await (await get(proxy, '/usage')).json());
  });

  test('its events', async () => {
    const response = await get(createMockProxy().answer(['a', 'b']), '/dev/bedrock/stream', {
      model: 'llama',
    });
    const events = createEventParser().push(new Uint8Array(await response.arrayBuffer()));
    expect(events.map((event) => StreamEventSchema.parse(JSON.parse(event)).type)).toEqual([
      'start',
      'delta',
      'delta',
      'done',
    ]);
  });

  test.each(errorCodes)('its error %s', async (code: ErrorCode) => {
    const response = await get(createMockProxy().error(code), '/usage');
    const { status, retryable, message } = errorDefinition(code);
    expect(response.status).toBe(status);
    expect(response.headers.get('x-should-retry')).toBe(String(retryable));
    const { error } = ErrorEnvelopeSchema.parse(await response.json());
    expect(error).toMatchObject({ code, message });
  });

  test('its details', async () => {
    const detailsOf = async (code: SentErrorCode) =>
      ErrorEnvelopeSchema.parse(await (await get(createMockProxy().error(code), '/usage')).json()).error
        .details;
    RequestIssuesSchema.parse(await detailsOf('invalid_request'));
    AvailableModelsSchema.parse(await detailsOf('unknown_model'));
    AvailableModelsSchema.parse(await detailsOf('model_not_allowed'));
    RequestIssuesSchema.parse(await detailsOf('invalid_output'));
    expect(await detailsOf('rate_limited')).toBeUndefined();
  });

  test('its routes', async () => {
    await expect(get(createMockProxy(), '/elsewhere')).rejects.toThrow('has no route at /elsewhere');
  });
});
