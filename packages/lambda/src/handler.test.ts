import { catalogue } from '@org/contract';
import { expect, test } from 'vitest';
import type { Config } from './config.ts';
import { createHandler } from './handler.ts';
import type { ModelCall } from './model-call.ts';
import type { Upstream } from './upstream.ts';

const config: Config = {
  models: new Map(
    (['titan', 'llama'] as const).map((alias) => [
      alias,
      { alias, definition: catalogue[alias], modelId: `id-of-${alias}` },
    ]),
  ),
  callers: new Map([
    ['key1', { keyId: 'key1', team: 'acme', plan: 'small', models: ['llama'], maxTokens: 256 }],
    [
      'key2',
      { keyId: 'key2', team: 'wide', plan: 'large', models: ['llama', 'titan'], maxTokens: undefined },
    ],
  ]),
};

function send(
  body: object | string,
  {
    keyId = 'key1',
    resource = '/bedrock',
    upstream,
  }: {
    keyId?: string | null;
    resource?: string;
    upstream?: Upstream;
  } = {},
) {
  const lines: string[] = [];
  const calls: ModelCall[] = [];
  let clock = 0;
  const handler = createHandler({
    config,
    upstream:
      upstream ??
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
    httpMethod: 'POST',
    resource,
    headers: { 'Content-Type': 'application/json', 'X-Api-Key': 'canary-key' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { requestId: 'request-1', identity: { apiKeyId: keyId, apiKey: 'canary-key' } },
  };
  return handler(event, { getRemainingTimeInMillis: () => 29_000 }).then((response) => ({
    response,
    json: JSON.parse(response.body),
    lines,
    calls,
  }));
}

test('an ask is answered in the shape of the contract, once encoded', async () => {
  const { response, json } = await send({ model: 'llama', question: 'What is a dystopia' });
  expect(response.statusCode).toBe(200);
  expect(response.headers).toEqual({ 'content-type': 'application/json', 'x-request-id': 'request-1' });
  expect(json).toEqual({
    id: 'request-1',
    model: 'llama',
    modelId: 'id-of-llama',
    text: 'Bleak.',
    stopReason: 'end_turn',
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  });
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
  const { response, json } = await send({}, { resource: '/other' });
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
  const { ProxyError } = await import('./proxy-error.ts');
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
