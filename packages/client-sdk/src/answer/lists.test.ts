import { expect, test } from 'vitest';
import { envelope, limits, readLimits, reply, replying } from '../../test/loopback-server.ts';
import { scene } from '../../test/scene.ts';

const models = [
  {
    alias: 'llama',
    modelId: 'us.meta.llama4-maverick-17b-instruct-v1:0',
    capabilities: ['system', 'history', 'stream'],
    contextTokens: 1_000_000,
    maxOutputTokens: 8192,
    lifecycle: { status: 'legacy', endOfLife: '2027-03-30' },
    price: { input: 0.24, output: 0.97 },
  },
  {
    alias: 'our-own-model',
    modelId: 'arn:aws:bedrock:us-east-1:123456789012:imported-model/abc',
    capabilities: [],
    maxOutputTokens: 2048,
    lifecycle: { status: 'active' },
  },
];

test.each([
  ['models', { models }, { models }],
  ['usage', { limits }, { limits: readLimits }],
] as const)('%s is a GET without a body, and says what the proxy says', async (method, sent, read) => {
  const { client, calls } = await scene(replying(200, sent, { 'x-request-id': 'request-1' }));
  const got = await client[method]({ headers: { 'x-tag': 'a' } });
  expect(got).toEqual({ ...read, requestId: 'request-1', attempts: 1 });
  expect(calls).toMatchObject([{ method: 'GET', path: `/dev/${method}`, body: '' }]);
  expect(calls[0]?.headers).toMatchObject({ 'x-api-key': 'key', 'x-tag': 'a', accept: 'application/json' });
  expect(calls[0]?.headers).not.toHaveProperty('content-type');
  expect(calls[0]?.headers).not.toHaveProperty('content-length');
});

test('capabilities, states and fields that a newer proxy adds do no harm', async () => {
  const newer = { ...models[0], capabilities: ['telepathy'], lifecycle: { status: 'preview' }, mood: 'grim' };
  const { client } = await scene(replying(200, { models: [newer] }));
  const [model] = (await client.models()).models;
  expect(model).toMatchObject({ capabilities: ['telepathy'], lifecycle: { status: 'preview' } });
  expect(model).not.toHaveProperty('mood');
});

test('a list is requested again by the rules of all calls, and fails with the same errors', async () => {
  const { client, calls, waits } = await scene((response, attempt) =>
    attempt === 1
      ? reply(response, 503, envelope('limits_unavailable'))
      : reply(response, 401, envelope('unauthenticated')),
  );
  await expect(client.models()).rejects.toMatchObject({ name: 'AuthenticationError', attempts: 2 });
  expect(calls.map(({ method }) => method)).toEqual(['GET', 'GET']);
  expect(waits).toEqual([250]);
});

test.each([
  [
    'models',
    { models: [models[0], { ...models[1], capabilities: 'all' }] },
    { path: 'models.1.capabilities', message: 'expected array' },
  ],
  [
    'usage',
    { limits: [limits[0], { ...limits[1], resetsAt: 'soon' }] },
    { path: 'limits.1.resetsAt', message: 'expected date' },
  ],
] as const)('a response to %s of another shape is invalid, and says where', async (method, sent, issue) => {
  const { client } = await scene(replying(200, sent, { 'x-request-id': 'request-7' }));
  await expect(client[method]()).rejects.toMatchObject({
    name: 'InvalidResponseError',
    requestId: 'request-7',
    issues: [issue],
  });
});
