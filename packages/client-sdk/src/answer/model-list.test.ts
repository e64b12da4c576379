import { expect, test } from 'vitest';
import { envelope, type Handler, reply, serve } from '../../test/loopback-server.ts';
import { manualRuntime } from '../../test/manual-runtime.ts';
import { createClient } from '../client.ts';

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

async function scene(handler: Handler) {
  const { url, calls } = await serve(handler);
  return { client: createClient({ baseUrl: url, apiKey: 'key' }, manualRuntime().runtime), calls };
}

test('models are listed as the proxy says, with the request id', async () => {
  const { client, calls } = await scene((response) =>
    reply(response, 200, { models }, { 'x-request-id': 'request-1' }),
  );
  expect(await client.models()).toEqual({ models, requestId: 'request-1', attempts: 1 });
  expect(calls).toMatchObject([{ method: 'GET', path: '/dev/models', body: '' }]);
});

test('capabilities, states and fields that a newer proxy adds do no harm', async () => {
  const newer = { ...models[0], capabilities: ['telepathy'], lifecycle: { status: 'preview' }, mood: 'grim' };
  const { client } = await scene((response) => reply(response, 200, { models: [newer] }));
  const [model] = (await client.models()).models;
  expect(model).toMatchObject({ capabilities: ['telepathy'], lifecycle: { status: 'preview' } });
  expect(model).not.toHaveProperty('mood');
});

test('a list is sent for again by the same rules as any call, and fails with the same errors', async () => {
  const { client, calls } = await scene((response, attempt) =>
    attempt === 1
      ? reply(response, 503, envelope('limits_unavailable'))
      : reply(response, 401, envelope('unauthenticated')),
  );
  await expect(client.models()).rejects.toMatchObject({ name: 'AuthenticationError', attempts: 2 });
  expect(calls).toHaveLength(2);
});

test('a response that is not a list is invalid, and says where', async () => {
  const { client } = await scene((response) =>
    reply(response, 200, { models: [models[0], { ...models[1], capabilities: 'all' }] }),
  );
  await expect(client.models()).rejects.toMatchObject({
    name: 'InvalidResponseError',
    issues: [{ path: 'models.1.capabilities', message: 'expected array' }],
  });
});

test('options of the call are heeded', async () => {
  const { client, calls } = await scene((response) => reply(response, 503, envelope('limits_unavailable')));
  await expect(client.models({ maxRetries: 0, headers: { 'x-tag': 'a' } })).rejects.toMatchObject({
    attempts: 1,
  });
  expect(calls[0]?.headers).toMatchObject({ 'x-tag': 'a' });
});
