import { PassThrough } from 'node:stream';
import type { ErrorStatement } from '@org/contract';
import { catalogue, type ModelDefinition, type PlainCapability } from '@org/models';
import { describe, expect, test } from 'vitest';
import { type Config, callerOf } from '../config.ts';
import { type Amounts, nothing } from '../ledger/amounts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type ErrorBackground, ProxyError } from '../proxy-error.ts';
import { exchange } from '../testing/exchange.ts';
import {
  answering,
  config,
  failingWith,
  limits,
  type RequestOptions,
  recordingLedger,
  replyCost,
  requestOf,
  saying,
  usage,
  warningHeader,
  warnings,
} from '../testing/request.ts';
import { createHandler } from './handler.ts';

const question = { model: 'llama', question: 'Hi' };
const dear = { inputTokens: 5000, outputTokens: 2, totalTokens: 5002 };
const failed = (background: ErrorBackground) => new ProxyError({ code: 'upstream_error' }, background);
const tooManyTokens = (message: string) => ({
  code: 'invalid_request',
  details: { issues: [{ path: 'maxTokens', message }] },
});

const modelWith = (definition: Partial<Extract<ModelDefinition, { upstream: 'converse' }>>): Config => {
  const base: ModelDefinition = {
    upstream: 'converse',
    modelId: 'id',
    capabilities: [],
    maxOutputTokens: 1000,
    lifecycle: { status: 'active' },
  };
  const model = { alias: 'llama', definition: { ...base, ...definition }, modelId: 'id', price: undefined };
  return { ...config, models: new Map([['llama', model]]) };
};

async function send(body: object | null, options: RequestOptions = {}) {
  const { handlerOptions, event, ...seen } = requestOf(body, options);
  const { head, body: text } = await exchange(event, handlerOptions);
  return { response: { ...head, body: text }, json: JSON.parse(text), ...seen };
}

test("an ask is answered in the contract's shape, and the headers report the rest of the tightest limits", async () => {
  const { response, json } = await send(question);
  expect([response.statusCode, response.headers]).toEqual([
    200,
    {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': 'request-1',
      'request-id': 'request-1',
      'x-ratelimit-limit-requests': '50',
      'x-ratelimit-remaining-requests': '2',
      'x-ratelimit-reset-requests': '2026-12-01T00:00:00.000Z',
      'x-limit-warning': warningHeader,
    },
  ]);
  expect(json).toEqual({
    id: 'request-1',
    model: 'llama',
    modelId: 'id-of-llama',
    text: 'Bleak.',
    content: [{ type: 'text', text: 'Bleak.' }],
    stopReason: 'end_turn',
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5, costUsd: 0.000007 },
    limits,
    warnings,
  });
});

test.each([
  ['GET', '/usage'],
  ['GET', '/models'],
  ['GET', '/v1/models'],
  ['GET', '/nowhere'],
] as const)('what %s %s answers is kept by no cache on the way', async (...route) => {
  const { response } = await send(null, { route });
  expect(response.headers).toMatchObject({ 'cache-control': 'no-store' });
});

test('the worst case is held before the call, and the true cost settled after it', async () => {
  const { holds, charges } = await send({ model: 'llama', question: '¿Qué?', maxTokens: 100 });
  // 7 bytes of question, 128 and 16 tokens for a template, 100 tokens of answer at twice the price.
  expect(holds).toMatchObject([
    {
      worstCase: { requests: 1, tokens: 251, usd: 351 },
      at: Date.parse('2026-11-22T12:00:00Z'),
    },
  ]);
  expect(charges).toMatchObject([replyCost]);
});

test.each<[string, unknown, (held: Amounts | undefined) => Partial<Amounts> | undefined]>([
  ['certainly not billed', failed({ unbilled: true }), () => nothing],
  ['perhaps billed', failed({}), (held) => held],
  ['known to have taken less than was held', failed({ usage }), (held) => held],
  [
    'known to have taken more than was held',
    failed({ usage: dear }),
    () => ({ requests: 1, tokens: 5002, usd: 5004 }),
  ],
  ['in an unforeseen way', new TypeError('unforeseen'), (held) => held],
])('a call that failed, %s, is charged as such', async (_case, error, charge) => {
  const { holds, charges } = await send(question, { upstream: failingWith(error) });
  expect(charges).toMatchObject([charge(holds[0]?.worstCase)]);
});

test('a model without a price is refused to anyone who has a limit in USD', async () => {
  const { alias, definition, modelId } = { alias: 'llama', definition: catalogue.llama, modelId: 'id' };
  const unpriced = {
    ...config,
    models: new Map([['llama', { alias, definition, modelId, price: undefined }]]),
  };
  const limited = { keyId: 'key3', team: 'acme', plan: 'small', limits: { usd: { month: 1 } } };
  const caller = callerOf(limited, { models: ['llama'] });
  const { json, holds } = await send(question, { config: unpriced, caller });
  expect([json.error.code, holds]).toEqual(['model_unavailable', []]);
});

test('a call that cost more than it held is charged in full, and the log says so', async () => {
  const upstream = answering(saying(['Bleak.'], { took: dear }));
  const { charges, lines } = await send({ ...question, maxTokens: 10 }, { upstream });
  expect(charges).toMatchObject([{ requests: 1, tokens: 5002, usd: 5004 }]);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'WARN', underestimated: true });
});

test('an answer is not lost if its charge cannot be written, and the log says so', async () => {
  const { ledger } = recordingLedger();
  const failing: Ledger = {
    ...ledger,
    hold: async ({ worstCase }) => ({
      worstCase,
      limits: async () => [],
      settle: async () => ({ limits: [], nearlyReached: [], failure: new TypeError('canary') }),
    }),
  };
  const { response, lines } = await send(question, { ledger: failing });
  expect(response.statusCode).toBe(200);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'ERROR', settleError: 'TypeError' });
  expect(lines.join('')).not.toContain('canary');
});

test.each<[what: string, body: object, options: RequestOptions, status: number, error: object]>([
  [
    'a model that is not offered',
    { model: 'gpt' },
    {},
    404,
    { code: 'unknown_model', param: 'model', details: { available: ['llama'] } },
  ],
  ['a model outside the plan', { model: 'titan' }, {}, 403, { code: 'model_not_allowed' }],
  ['a key id that has no team here', {}, { keyId: 'unknown' }, 401, { code: 'unauthenticated' }],
  ['a request without a key', {}, { keyId: null }, 401, { code: 'unauthenticated' }],
  [
    'a path that the contract does not have',
    {},
    { route: ['POST', '/other'] },
    404,
    { code: 'unknown_route' },
  ],
  [
    'more tokens than the plan allows',
    { maxTokens: 257 },
    {},
    400,
    tooManyTokens('must be at most 256, the most that the plan allows'),
  ],
  [
    'more tokens than the model allows',
    { maxTokens: 9000 },
    { keyId: 'key2' },
    400,
    tooManyTokens('must be at most 8192, the most that the model allows'),
  ],
  [
    'a schema that no answer could fit',
    { outputSchema: { type: 'object', properties: { a: { $ref: '#/$defs/b' } } } },
    { config: modelWith({ structuredOutput: 'native' }) },
    400,
    { code: 'invalid_request', param: 'outputSchema' },
  ],
])('%s is refused before anything is held', async (_what, body, options, status, error) => {
  const { response, json, holds } = await send({ ...question, ...body }, options);
  expect([response.statusCode, holds]).toEqual([status, []]);
  expect(json.error).toMatchObject(error);
});

test.each([
  ['nothing said, small plan', 'key1', undefined, 256],
  ['nothing said, no cap', 'key2', undefined, 1024],
  ['said, below the cap', 'key1', 100, 100],
  ['said, at the cap', 'key1', 256, 256],
])('max tokens: %s', async (_case, keyId, maxTokens, expected) => {
  const { calls } = await send({ ...question, maxTokens }, { keyId });
  expect(calls).toMatchObject([{ maxTokens: expected }]);
});

describe('where the plan lowers what is too much', () => {
  const clamping = (maxTokens?: number) =>
    callerOf(
      { keyId: 'key1', team: 'acme', plan: 'small' },
      {
        models: ['llama'],
        clampMaxTokens: true,
        maxTokens,
      },
    );

  test.each([
    ['more than the plan has', 256, 257, 256],
    ["more than the model's most, if the plan has no maximum", undefined, 32_000, 8192],
  ])('%s is lowered, held as such, and the headers and the log say so', async (_what, most, asked, given) => {
    const { response, calls, holds, lines } = await send(
      { ...question, maxTokens: asked },
      { caller: clamping(most) },
    );
    expect(response.statusCode).toBe(200);
    expect(calls).toMatchObject([{ maxTokens: given }]);
    expect(response.headers['x-max-tokens-lowered-to']).toBe(String(given));
    expect(holds[0]?.worstCase.tokens).toBeLessThan(asked + 200);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ maxTokensLoweredTo: given });
  });

  test.each([[undefined], [256], [255]])('what is not too much stays: %s', async (maxTokens) => {
    const { response } = await send({ ...question, maxTokens }, { caller: clamping(256) });
    expect(response.headers).not.toHaveProperty('x-max-tokens-lowered-to');
  });
});

test('one line is logged for a request, without prompt, answer, key or header', async () => {
  const { lines } = await send(
    { model: 'llama', question: 'canary-question' },
    { headers: { 'User-Agent': 'OpenAI/JS 7.57.0 canary-header' } },
  );
  expect(lines).toHaveLength(1);
  const { _aws, ...line } = JSON.parse(lines[0] ?? '');
  expect(line).toEqual({
    timestamp: '1970-01-01T00:00:00.050Z',
    level: 'INFO',
    message: 'request',
    requestId: 'request-1',
    operation: 'ask',
    door: 'native',
    client: 'openai-sdk',
    keyId: 'key1',
    team: 'acme',
    plan: 'small',
    day: '2026-11-22',
    model: 'llama',
    modelId: 'id-of-llama',
    status: 200,
    stopReason: 'end_turn',
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    costUsd: 0.000007,
    held: expect.objectContaining({ requests: 1, tokens: 415, usd: 671 }),
    charged: expect.objectContaining(replyCost),
    upstreamMs: 10,
    totalMs: 30,
    Requests: 1,
    Latency: 30,
    UpstreamLatency: 10,
    InputTokens: 3,
    OutputTokens: 2,
    Cost: 0.000007,
  });
});

test('the log has the person who signed in, and the customer that the request names', async () => {
  const { handlerOptions, event, lines } = requestOf({ ...question, customer: 'customer-1' }, {});
  const requestContext = { ...event.requestContext, authorizer: { team: 'acme', person: 'user-1' } };
  await exchange({ ...event, requestContext }, handlerOptions);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ person: 'user-1', customer: 'customer-1' });
});

test('an unforeseen error is a 500, and its message reaches neither the caller nor the log', async () => {
  const upstream = failingWith(new TypeError('canary-question\n    at canary-question'));
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

test.each<[what: string, statement: ErrorStatement, background: ErrorBackground, headers: object]>([
  [
    'what is to be tried again later',
    { code: 'model_throttled' },
    {},
    { 'x-should-retry': 'true', 'retry-after': '2' },
  ],
  ['not to try again', { code: 'unknown_model' }, {}, { 'x-should-retry': 'false' }],
  [
    'what may have happened all the same',
    { code: 'limits_unavailable' },
    { outcomeUnknown: true },
    { 'x-should-retry': 'false' },
  ],
])('the headers of an error say %s', async (_what, statement, background, headers) => {
  const upstream = failingWith(new ProxyError(statement, background));
  const { response } = await send(question, { upstream });
  expect(response.headers).toEqual({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-request-id': 'request-1',
    'request-id': 'request-1',
    ...headers,
  });
});

test.each<[feature: string, field: object, param?: string, capabilities?: PlainCapability[]]>([
  ['system', { system: 'Be brief.' }],
  ['history', { history: ['user', 'assistant'].map((role) => ({ role, text: 'Hi' })) }],
  ['stop', { stop: ['End'] }],
  ['temperature', { temperature: 0 }],
  ['topP', { topP: 1 }],
  ['topP together with temperature', { topP: 1, temperature: 0 }, 'topP', ['topP', 'temperature']],
  ['outputSchema', { outputSchema: { type: 'object', properties: {} } }],
])(
  'a model without support for %s refuses it by name, and nothing is held',
  async (feature, field, param = feature, capabilities = []) => {
    const { response, json, holds } = await send(
      { ...question, ...field },
      { config: modelWith({ capabilities }) },
    );
    expect([response.statusCode, json.error.code, json.error.param, holds]).toEqual([
      400,
      'unsupported_feature',
      param,
      [],
    ]);
    expect(json.error.message).toContain(`The model llama does not support ${feature}. `);
  },
);

const outputSchema = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 2 }, people: { type: 'integer' } },
  required: ['city'],
};

test.each([
  ['cut off', '{"city":"Or', 'max_tokens', /cut off at maxTokens/, []],
  ['no JSON at all', 'I would rather not.', 'end_turn', /does not fit/, []],
  ['intervened with', 'Sorry.', 'guardrail_intervened', /guardrail/, []],
  ['stopped for a reason that every object has', 'Sorry.', '__proto__', /does not fit/, []],
  ['of another shape', '{"people":"two"}', 'end_turn', /does not fit/, ['people', '']],
])(
  'an answer that is %s is an error that says so, and is charged',
  async (_case, text, stopReason, message, paths) => {
    const upstream = answering(saying([text], { stopReason }));
    const { response, json, charges, lines } = await send(
      { ...question, outputSchema },
      { config: modelWith({ structuredOutput: 'native' }), upstream },
    );
    expect([response.statusCode, json.error.code, response.headers?.['x-should-retry']]).toEqual([
      502,
      'invalid_output',
      'false',
    ]);
    expect(json.error.message).toMatch(message);
    expect(json.error.details.stopReason).toBe(stopReason);
    expect(json.error.details.issues.map(({ path }: { path: string }) => path).sort()).toEqual(
      [...paths].sort(),
    );
    expect(charges).toMatchObject([{ tokens: 5 }]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ stopReason, usage });
    expect(lines[0]).not.toContain('rather not');
  },
);

test('the schema is held as input, because the model reads it', async () => {
  const structured = modelWith({ structuredOutput: 'native' });
  const bare = await send(question, { config: structured });
  const upstream = answering(saying(['{"city":"Oran"}']));
  const withSchema = await send({ ...question, outputSchema }, { config: structured, upstream });
  const difference = (withSchema.holds[0]?.worstCase.tokens ?? 0) - (bare.holds[0]?.worstCase.tokens ?? 0);
  expect(difference).toBeGreaterThan(JSON.stringify(outputSchema).length);
});

test.each([
  [[], undefined, undefined],
  [['https://a.example.com'], 'https://a.example.com', 'origin'],
  [['https://b.example.com'], undefined, 'origin'],
])(
  'if pages of %j may read answers and errors, a page of a.example.com gets %j',
  async (corsOrigins, allowed, vary) => {
    for (const model of ['llama', 'gpt']) {
      const { response } = await send(
        { model, question: 'Hi' },
        { config: { ...config, corsOrigins }, headers: { Origin: 'https://a.example.com' } },
      );
      expect(response.headers?.['access-control-allow-origin']).toBe(allowed);
      expect(response.headers?.['vary']).toBe(vary);
      const exposed = String(response.headers?.['access-control-expose-headers']).split(',');
      expect(exposed.includes('x-request-id')).toBe(allowed !== undefined);
    }
  },
);

const aMonth = {
  limit: 'usd',
  period: 'month',
  scope: 'team',
  max: 5,
  used: 5,
  resetsAt: '2026-12-01T00:00:00.000Z',
} as const;

test.each([
  { code: 'quota_exceeded', details: aMonth },
  { code: 'rate_limited', details: { ...aMonth, used: 2, allowedNow: 2.5 } },
  { code: 'rate_limited', details: { limit: 'callsAtOnce', scope: 'key', max: 3, used: 3 } },
] as const)('the log names the limit that refused a call: $code of $details.limit', async (statement) => {
  const ledger: Ledger = {
    ...recordingLedger().ledger,
    hold: async () => {
      throw new ProxyError(statement);
    },
  };
  const { lines } = await send(question, { ledger });
  const { code, details: refusedBy } = statement;
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ code, refusedBy, HoldsRefused: 1 });
});

test('observers get the events of an ask, and report when the answer has ended; one that fails changes nothing', async () => {
  const { handlerOptions, event, lines } = requestOf(question, {});
  const seen: string[] = [];
  const stream = new PassThrough().on('finish', () => seen.push('the end of the answer'));
  stream.resume();
  const handler = createHandler({
    ...handlerOptions,
    openResponse: () => stream,
    observers: [
      ({ log }) => ({
        note: ({ type }) => void seen.push(type),
        report: async (signal) => void seen.push(`${log.status} ${signal.aborted}`),
      }),
      () => ({ note: () => {}, report: () => Promise.reject(new Error('S3 is down')) }),
      () => undefined,
    ],
  });
  await handler(event, stream, { getRemainingTimeInMillis: () => 900_000 });
  expect([...new Set(seen)]).toEqual([
    ...['chosen', 'admitted', 'begin', 'delta', 'end', 'stopped', 'usage', 'replied', 'settled', 'finished'],
    'the end of the answer',
    '200 false',
  ]);
  expect(lines).toHaveLength(1);
});
