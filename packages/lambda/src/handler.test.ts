import { catalogue, type LimitStatus } from '@org/contract';
import { expect, test } from 'vitest';
import type { Caller, Config } from './config.ts';
import { createHandler } from './handler.ts';
import { type Amounts, nothing } from './ledger/amounts.ts';
import type { HoldRequest, Ledger } from './ledger/ledger.ts';
import type { ModelCall } from './model-call.ts';
import { type ErrorBackground, ProxyError } from './proxy-error.ts';
import type { Upstream } from './upstream.ts';

const config: Config = {
  models: new Map(
    (['titan', 'llama'] as const).map((alias) => [
      alias,
      { alias, definition: catalogue[alias], modelId: `id-of-${alias}`, price: { input: 1, output: 2 } },
    ]),
  ),
  plans: new Map(),
  teams: new Map(),
  table: 'counters',
  callers: new Map([
    ['key1', { keyId: 'key1', team: 'acme', plan: 'small', models: ['llama'], maxTokens: 256, scopes: [] }],
    [
      'key2',
      {
        keyId: 'key2',
        team: 'wide',
        plan: 'large',
        models: ['llama', 'titan'],
        maxTokens: undefined,
        scopes: [],
      },
    ],
  ]),
};

const limits: LimitStatus[] = [
  {
    limit: 'requests',
    period: 'day',
    scope: 'team',
    max: 10,
    used: 1,
    remaining: 9,
    resetsAt: '2026-11-23T00:00:00.000Z',
  },
  {
    limit: 'requests',
    period: 'month',
    scope: 'team',
    max: 50,
    used: 48,
    remaining: 2,
    resetsAt: '2026-12-01T00:00:00.000Z',
  },
];

/** A ledger that admits everything and keeps what it was told. */
function recordingLedger() {
  const holds: HoldRequest[] = [];
  const charges: Amounts[] = [];
  const ledger: Ledger = {
    hold: async (request) => {
      holds.push(request);
      return {
        worstCase: request.worstCase,
        settle: async (charge) => {
          charges.push(charge);
          return { limits };
        },
      };
    },
    usage: async () => limits,
  };
  return { ledger, holds, charges };
}

interface SendOptions {
  readonly keyId?: string | null;
  readonly route?: readonly [method: string, resource: string];
  readonly upstream?: Upstream;
  readonly ledger?: Ledger;
  readonly config?: Config;
  readonly caller?: Caller;
}

async function send(body: object | null, options: SendOptions = {}) {
  const { keyId = 'key1', route = ['POST', '/bedrock'] } = options;
  const lines: string[] = [];
  const calls: ModelCall[] = [];
  const recording = recordingLedger();
  let clock = 0;
  const handler = createHandler({
    config: options.config ?? config,
    keys: async (id) => options.caller ?? config.callers.get(id),
    ledger: options.ledger ?? recording.ledger,
    upstream:
      options.upstream ??
      (async (_model, call) => {
        calls.push(call);
        return {
          text: 'Bleak.',
          stopReason: 'end_turn',
          usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
        };
      }),
    write: (line) => lines.push(line),
    now: () => (clock += 10),
  });
  const event = {
    httpMethod: route[0],
    resource: route[1],
    headers: { 'Content-Type': 'application/json', 'X-Api-Key': 'canary-key' },
    body: body && JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: {
      requestId: 'request-1',
      requestTimeEpoch: Date.parse('2026-11-22T12:00:00Z'),
      identity: { apiKeyId: keyId, apiKey: 'canary-key' },
    },
  };
  const response = await handler(event, { getRemainingTimeInMillis: () => 29_000 });
  return { response, json: JSON.parse(response.body), lines, calls, ...recording };
}

test('an ask is answered in the shape of the contract, once encoded', async () => {
  const { response, json } = await send({ model: 'llama', question: 'What is a dystopia' });
  expect(response.statusCode).toBe(200);
  expect(response.headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': 'request-1' });
  expect(json).toEqual({
    id: 'request-1',
    model: 'llama',
    modelId: 'id-of-llama',
    text: 'Bleak.',
    stopReason: 'end_turn',
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5, costUsd: 0.000007 },
    limits,
  });
});

test('the headers say what is left of the tightest limit of each kind', async () => {
  const { response } = await send({ model: 'llama', question: 'Hi' });
  expect(response.headers).toEqual({
    'content-type': 'application/json',
    'x-request-id': 'request-1',
    'x-ratelimit-limit-requests': '50',
    'x-ratelimit-remaining-requests': '2',
    'x-ratelimit-reset-requests': '2026-12-01T00:00:00.000Z',
  });
});

test('a team can see its limits', async () => {
  const { response, json } = await send(null, { route: ['GET', '/usage'] });
  expect([response.statusCode, json]).toEqual([200, { limits }]);
});

test('the worst case is held before the call, and the true cost settled after it', async () => {
  const { holds, charges } = await send({ model: 'llama', question: '¿Qué?', maxTokens: 100 });
  // 7 bytes of question, 32 and 16 tokens for a template, 100 tokens of answer at twice the price.
  expect(holds).toMatchObject([
    {
      worstCase: { requests: 1, tokens: 155, usd: 255 },
      at: Date.parse('2026-11-22T12:00:00Z'),
    },
  ]);
  expect(charges).toEqual([{ requests: 1, tokens: 5, usd: 7 }]);
});

test.each<[string, 'nothing' | 'everything', ErrorBackground]>([
  ['certainly not billed', 'nothing', { unbilled: true }],
  ['perhaps billed', 'everything', {}],
])('a call that failed and was %s stays charged with %s', async (_case, charged, background) => {
  const upstream: Upstream = async () => {
    throw new ProxyError({ code: 'upstream_error' }, background);
  };
  const { holds, charges } = await send({ model: 'llama', question: 'Hi' }, { upstream });
  expect(charges).toEqual([charged === 'nothing' ? nothing : holds[0]?.worstCase]);
});

test('a call that fails in a way nobody foresaw stays charged', async () => {
  const upstream: Upstream = async () => {
    throw new TypeError('unforeseen');
  };
  const { holds, charges } = await send({ model: 'llama', question: 'Hi' }, { upstream });
  expect(charges).toEqual([holds[0]?.worstCase]);
});

test('a model without a price is refused to whoever has a limit in USD', async () => {
  const { alias, definition, modelId } = { alias: 'llama', definition: catalogue.llama, modelId: 'id' };
  const scopes = [{ kind: 'key' as const, id: 'key3', limits: { usd: { month: 1 } } }];
  const unpriced = {
    ...config,
    models: new Map([['llama', { alias, definition, modelId, price: undefined }]]),
  };
  const caller = { keyId: 'key3', team: 'acme', plan: 'small', models: ['llama'], maxTokens: 256, scopes };
  const { json, holds } = await send({ model: 'llama', question: 'Hi' }, { config: unpriced, caller });
  expect([json.error.code, holds]).toEqual(['model_unavailable', []]);
});

test('nobody is told when to try again what is not to be tried again', async () => {
  const upstream: Upstream = async () => {
    throw new ProxyError({ code: 'limits_unavailable' }, { outcomeUnknown: true });
  };
  const { response } = await send({ model: 'llama', question: 'Hi' }, { upstream });
  expect(response.headers?.['x-should-retry']).toBe('false');
  expect(response.headers?.['retry-after']).toBeUndefined();
});

test('a request that is refused before the call costs nothing', async () => {
  for (const body of [
    { model: 'gpt', question: 'Hi' },
    { model: 'llama' },
    { model: 'llama', question: 'Hi', maxTokens: 9999 },
  ]) {
    expect((await send(body)).holds).toEqual([]);
  }
});

test('a call that cost more than it held is charged in full, and the log says so', async () => {
  const upstream: Upstream = async () => ({
    text: 'Bleak.',
    stopReason: 'end_turn',
    usage: { inputTokens: 5000, outputTokens: 2, totalTokens: 5002 },
  });
  const { charges, lines } = await send({ model: 'llama', question: 'Hi', maxTokens: 10 }, { upstream });
  expect(charges).toEqual([{ requests: 1, tokens: 5002, usd: 5004 }]);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'WARN', underestimated: true });
});

test('an answer is not lost because its charge could not be written, and the log says so', async () => {
  const { ledger } = recordingLedger();
  const failing: Ledger = {
    ...ledger,
    hold: async ({ worstCase }) => ({
      worstCase,
      settle: async () => ({ limits: [], failure: new TypeError('canary') }),
    }),
  };
  const { response, lines } = await send({ model: 'llama', question: 'Hi' }, { ledger: failing });
  expect(response.statusCode).toBe(200);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'ERROR', settleError: 'TypeError' });
  expect(lines.join('')).not.toContain('canary');
});

test('a model that nobody offers is a 404 with the aliases that the plan includes', async () => {
  const { response, json } = await send({ model: 'gpt', question: 'Hi' });
  expect(response.statusCode).toBe(404);
  expect(json.error).toMatchObject({
    code: 'unknown_model',
    param: 'model',
    details: { available: ['llama'] },
  });
});

test('a model outside the plan is a 403', async () => {
  const { response, json } = await send({ model: 'titan', question: 'Hi' });
  expect(response.statusCode).toBe(403);
  expect(json.error.code).toBe('model_not_allowed');
});

test.each(['unknown', null])('the key id %j has no team here and is a 401', async (keyId) => {
  const { response, json } = await send({ model: 'llama', question: 'Hi' }, { keyId });
  expect([response.statusCode, json.error.code]).toEqual([401, 'unauthenticated']);
});

test('a path that is not in the contract is a 404', async () => {
  const { response, json } = await send({}, { route: ['POST', '/other'] });
  expect([response.statusCode, json.error.code]).toEqual([404, 'unknown_route']);
});

test.each([
  ['nothing said, small plan', 'key1', undefined, 256],
  ['nothing said, no cap', 'key2', undefined, 1024],
  ['said, below the cap', 'key1', 100, 100],
  ['said, at the cap', 'key1', 256, 256],
])('max tokens: %s', async (_case, keyId, maxTokens, expected) => {
  const { calls } = await send({ model: 'llama', question: 'Hi', maxTokens }, { keyId });
  expect(calls[0]?.maxTokens).toBe(expected);
});

test.each([
  ['key1', 257, 'must be at most 256, the most that the plan allows'],
  ['key2', 9000, 'must be at most 8192, the most that the model allows'],
])('max tokens above a limit are refused, not cut', async (keyId, maxTokens, message) => {
  const { response, json } = await send({ model: 'llama', question: 'Hi', maxTokens }, { keyId });
  expect(response.statusCode).toBe(400);
  expect(json.error).toMatchObject({
    code: 'invalid_request',
    details: { issues: [{ path: 'maxTokens', message }] },
  });
});

test('one line is logged for a request, without prompt, answer, key or header', async () => {
  const { lines } = await send({ model: 'llama', question: 'canary-question' });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    timestamp: '1970-01-01T00:00:00.050Z',
    level: 'INFO',
    message: 'request',
    requestId: 'request-1',
    operation: 'ask',
    keyId: 'key1',
    team: 'acme',
    plan: 'small',
    model: 'llama',
    modelId: 'id-of-llama',
    status: 200,
    stopReason: 'end_turn',
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    costUsd: 0.000007,
    held: { requests: 1, tokens: 319, usd: 575 },
    charged: { requests: 1, tokens: 5, usd: 7 },
    upstreamMs: 10,
    totalMs: 30,
  });
});

test('an unforeseen error is a 500 that says nothing of itself, to the caller or to the log', async () => {
  const upstream: Upstream = async () => {
    throw new TypeError('canary-question');
  };
  const { response, lines } = await send({ model: 'llama', question: 'canary-question' }, { upstream });
  expect(response.statusCode).toBe(500);
  expect(response.body).not.toContain('canary');
  expect(lines.join('')).not.toContain('canary');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'ERROR',
    code: 'internal',
    trace: expect.arrayContaining(['TypeError']),
  });
});

test.each([
  ['rate limits are to be retried', 'model_throttled', { 'x-should-retry': 'true', 'retry-after': '2' }],
  ['a wrong request is not', 'unknown_model', { 'x-should-retry': 'false' }],
])('%s, and the headers say so', async (_case, code, headers) => {
  const upstream: Upstream = async () => {
    throw new ProxyError({ code: code === 'model_throttled' ? 'model_throttled' : 'unknown_model' });
  };
  const { response } = await send({ model: 'llama', question: 'Hi' }, { upstream });
  expect(response.headers).toEqual({
    'content-type': 'application/json',
    'x-request-id': 'request-1',
    ...headers,
  });
});
