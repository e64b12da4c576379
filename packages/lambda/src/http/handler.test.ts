import { catalogue, type ModelDefinition } from '@org/models';
import { expect, test } from 'vitest';
import type { Config } from '../config.ts';
import { nothing } from '../ledger/amounts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { amounts } from '../ledger/test-amounts.ts';
import { type ErrorBackground, ProxyError } from '../proxy-error.ts';
import { exchange } from './test-exchange.ts';
import {
  answering,
  calling,
  config,
  failingWith,
  limits,
  type RequestOptions,
  recordingLedger,
  replyCost,
  requestOf,
  saying,
  usage,
} from './test-request.ts';

async function send(body: object | null, options: RequestOptions = {}) {
  const { handlerOptions, event, ...seen } = requestOf(body, options);
  const { head, body: text } = await exchange(event, handlerOptions);
  return { response: { ...head, body: text }, json: JSON.parse(text), ...seen };
}

test.each(['null', '0', '{}', '{"requestContext":null}', '{"requestContext":{"requestId":5}}'])(
  'an event that API Gateway never sends is for no route: %s',
  async (event) => {
    const { handlerOptions } = requestOf(null, {});
    const { head, body } = await exchange(JSON.parse(event), handlerOptions);
    expect([head.statusCode, JSON.parse(body).error.code]).toEqual([404, 'unknown_route']);
  },
);

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
  // 7 bytes of question, 128 and 16 tokens for a template, 100 tokens of answer at twice the price.
  expect(holds).toMatchObject([
    {
      worstCase: amounts({ requests: 1, tokens: 251, usd: 351 }),
      at: Date.parse('2026-11-22T12:00:00Z'),
    },
  ]);
  expect(charges).toEqual([replyCost]);
});

test.each<[string, 'nothing' | 'everything', ErrorBackground]>([
  ['certainly not billed', 'nothing', { unbilled: true }],
  ['perhaps billed', 'everything', {}],
])('a call that failed and was %s stays charged with %s', async (_case, charged, background) => {
  const upstream = failingWith(new ProxyError({ code: 'upstream_error' }, background));
  const { holds, charges } = await send({ model: 'llama', question: 'Hi' }, { upstream });
  expect(charges).toEqual([charged === 'nothing' ? nothing : holds[0]?.worstCase]);
});

test('a call that failed and is known to have taken more than was held is charged all of it', async () => {
  const usage = { inputTokens: 5000, outputTokens: 2, totalTokens: 5002 };
  const upstream = failingWith(new ProxyError({ code: 'upstream_error' }, { usage }));
  const { charges } = await send({ model: 'llama', question: 'Hi' }, { upstream });
  expect(charges).toEqual([amounts({ requests: 1, tokens: 5002, usd: 5004 })]);
});

test('a call that failed after it had taken less than was held stays charged with all that was held', async () => {
  const upstream = failingWith(new ProxyError({ code: 'upstream_error' }, { usage }));
  const { holds, charges } = await send({ model: 'llama', question: 'Hi' }, { upstream });
  expect(charges).toEqual([holds[0]?.worstCase]);
});

test('a call that fails in a way nobody foresaw stays charged', async () => {
  const upstream = failingWith(new TypeError('unforeseen'));
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
  const caller = {
    keyId: 'key3',
    team: 'acme',
    plan: 'small',
    models: ['llama'],
    maxTokens: 256,
    guardrail: undefined,
    scopes,
  };
  const { json, holds } = await send({ model: 'llama', question: 'Hi' }, { config: unpriced, caller });
  expect([json.error.code, holds]).toEqual(['model_unavailable', []]);
});

test('nobody is told when to try again what is not to be tried again', async () => {
  const upstream = failingWith(new ProxyError({ code: 'limits_unavailable' }, { outcomeUnknown: true }));
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
  const upstream = answering(
    saying(['Bleak.'], { took: { inputTokens: 5000, outputTokens: 2, totalTokens: 5002 } }),
  );
  const { charges, lines } = await send({ model: 'llama', question: 'Hi', maxTokens: 10 }, { upstream });
  expect(charges).toEqual([amounts({ requests: 1, tokens: 5002, usd: 5004 })]);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'WARN', underestimated: true });
});

test('an answer is not lost because its charge could not be written, and the log says so', async () => {
  const { ledger } = recordingLedger();
  const failing: Ledger = {
    ...ledger,
    hold: async ({ worstCase }) => ({
      worstCase,
      settle: async () => ({ limits: [], nearlyReached: [], failure: new TypeError('canary') }),
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
  expect(calls).toMatchObject([{ maxTokens: expected }]);
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
  const { _aws, ...line } = JSON.parse(lines[0] ?? '');
  expect(line).toEqual({
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
    held: amounts({ requests: 1, tokens: 415, usd: 671 }),
    charged: replyCost,
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

test('an unforeseen error is a 500 that says nothing of itself, to the caller or to the log', async () => {
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

test.each([
  ['rate limits are to be retried', 'model_throttled', { 'x-should-retry': 'true', 'retry-after': '2' }],
  ['a wrong request is not', 'unknown_model', { 'x-should-retry': 'false' }],
])('%s, and the headers say so', async (_case, code, headers) => {
  const upstream = failingWith(
    new ProxyError({ code: code === 'model_throttled' ? 'model_throttled' : 'unknown_model' }),
  );
  const { response } = await send({ model: 'llama', question: 'Hi' }, { upstream });
  expect(response.headers).toEqual({
    'content-type': 'application/json',
    'x-request-id': 'request-1',
    ...headers,
  });
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

test.each([
  ['system', { system: 'Be brief.' }],
  [
    'history',
    {
      history: [
        { role: 'user', text: 'Hi' },
        { role: 'assistant', text: 'Ho' },
      ],
    },
  ],
  ['stop', { stop: ['End'] }],
  ['temperature', { temperature: 0 }],
  ['topP', { topP: 1 }],
  ['outputSchema', { outputSchema: { type: 'object', properties: {} } }],
])('a model that takes no %s refuses it by name, and nothing is held', async (param, field) => {
  const asked = { model: 'llama', question: 'Hi', ...field };
  const { response, json, holds } = await send(asked, { config: modelWith({}) });
  expect([response.statusCode, json.error.code, json.error.param, holds]).toEqual([
    400,
    'unsupported_feature',
    param,
    [],
  ]);
  expect(json.error.message).toContain(`The model llama does not support ${param}`);
});

test('a model that takes temperature or topP, but not both, says so', async () => {
  const either = modelWith({ capabilities: ['temperature', 'topP'] });
  const ask = (fields: object) => send({ model: 'llama', question: 'Hi', ...fields }, { config: either });
  expect((await ask({ temperature: 0.5 })).response.statusCode).toBe(200);
  expect((await ask({ topP: 0.5 })).response.statusCode).toBe(200);
  expect((await ask({ temperature: 0.5, topP: 0.5 })).json.error).toMatchObject({
    code: 'unsupported_feature',
    param: 'topP',
    message:
      'The model llama does not support topP beside temperature. Leave it out or choose another model.',
  });
});

const outputSchema = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 2 }, people: { type: 'integer' } },
  required: ['city'],
};

test.each(['native', 'tool'] as const)('an answer of a schema comes with its output (%s)', async (by) => {
  const text = '{"city":"Oran","people":2}';
  const upstream = answering(by === 'tool' ? calling(text) : saying([text]));
  const { json } = await send(
    { model: 'llama', question: 'Where?', outputSchema },
    { config: modelWith({ structuredOutput: by }), upstream },
  );
  expect([json.text, json.output]).toEqual([text, { city: 'Oran', people: 2 }]);
});

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
      { model: 'llama', question: 'Where?', outputSchema },
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

test('a schema that no answer could fit is refused before anything is held', async () => {
  const { json, holds } = await send(
    {
      model: 'llama',
      question: 'Hi',
      outputSchema: { type: 'object', properties: { a: { $ref: '#/$defs/b' } } },
    },
    { config: modelWith({ structuredOutput: 'native' }) },
  );
  expect([json.error.code, json.error.param, holds]).toEqual(['invalid_request', 'outputSchema', []]);
});

test('the schema is held as input, for the model reads it', async () => {
  const structured = modelWith({ structuredOutput: 'native' });
  const bare = await send({ model: 'llama', question: 'Hi' }, { config: structured });
  const upstream = answering(saying(['{"city":"Oran"}']));
  const withSchema = await send(
    { model: 'llama', question: 'Hi', outputSchema },
    { config: structured, upstream },
  );
  const difference = (withSchema.holds[0]?.worstCase.tokens ?? 0) - (bare.holds[0]?.worstCase.tokens ?? 0);
  expect(difference).toBeGreaterThan(JSON.stringify(outputSchema).length);
});

test("a plan's guardrail goes with every call, and who asked", async () => {
  const guardrail = { id: 'abc123', version: '1' };
  const caller = {
    keyId: 'key1',
    team: 'acme',
    plan: 'small',
    models: ['llama'],
    maxTokens: 256,
    guardrail,
    scopes: [],
  };
  const { calls } = await send({ model: 'llama', question: 'Hi' }, { caller });
  expect(calls).toMatchObject([{ guardrail, metadata: { team: 'acme', keyId: 'key1' } }]);
});

test('a key sees the models that it may ask, and what each can do', async () => {
  const offered = modelWith({
    capabilities: ['system', 'stream'],
    structuredOutput: 'tool',
    contextTokens: 128_000,
    lifecycle: { status: 'legacy', endOfLife: '2027-03-30' },
  });
  const { response, json } = await send(null, { route: ['GET', '/models'], config: offered });
  expect(response.statusCode).toBe(200);
  expect(json).toEqual({
    models: [
      {
        alias: 'llama',
        modelId: 'id',
        capabilities: ['system', 'stream', 'outputSchema'],
        contextTokens: 128_000,
        maxOutputTokens: 256,
        lifecycle: { status: 'legacy', endOfLife: '2027-03-30' },
      },
    ],
  });
});

test.each([
  [[], undefined, undefined],
  [['https://a.example.com'], 'https://a.example.com', 'origin'],
  [['https://b.example.com'], undefined, 'origin'],
  [['*'], '*', undefined],
])(
  'where pages of %j may read answers and errors, one of a.example.com is told %j',
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

test('the log names the limit that refused a call', async () => {
  const details = {
    limit: 'usd',
    period: 'month',
    scope: 'team',
    max: 5,
    used: 5,
    resetsAt: '2026-12-01T00:00:00.000Z',
  } as const;
  const ledger: Ledger = {
    ...recordingLedger().ledger,
    hold: async () => {
      throw new ProxyError({ code: 'quota_exceeded', details });
    },
  };
  const { lines } = await send({ model: 'llama', question: 'Hi' }, { ledger });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    code: 'quota_exceeded',
    refusedBy: details,
    HoldsRefused: 1,
  });
});
