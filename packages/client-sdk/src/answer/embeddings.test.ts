import { EmbedRequestSchema } from '@org/contract';
import { expect, test, vi } from 'vitest';
import { answer, envelope, limits, readLimits, replying } from '../../test/loopback-server.ts';
import { scene, settings } from '../../test/scene.ts';
import { createBedrockClient } from '../client.ts';

const { id, model, modelId, usage } = answer;
const embeddings = { id, model, modelId, vectors: [[0.6, 0.8]], usage, limits };

test.each([
  ['one text', 'Hi', ['Hi']],
  ['several', ['Hi', 'Ho'], ['Hi', 'Ho']],
] as const)('embed sends %s, with what the vectors are for, and returns them', async (_, inputs, sent) => {
  const { client, calls } = await scene(replying(200, embeddings));
  const got = await client.embed('titan-embed-v2', inputs, {
    dimensions: 256,
    purpose: 'query',
    headers: {},
  });
  expect(got).toEqual({ ...embeddings, limits: readLimits, requestId: 'request-1', attempts: 1 });
  expect(calls).toMatchObject([{ method: 'POST', path: '/dev/bedrock/embed' }]);
  const body = JSON.parse(calls[0]?.body ?? '');
  expect(body).toEqual({ model: 'titan-embed-v2', inputs: sent, dimensions: 256, purpose: 'query' });
  expect(EmbedRequestSchema.safeParse(body).error).toBeUndefined();
});

test('hooks see what vectors cost', async () => {
  const onSuccess = vi.fn();
  const { client } = await scene(replying(200, embeddings), { hooks: { onSuccess } });
  await client.embed('titan-embed-v2', 'Hi');
  expect(onSuccess).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ operation: 'embed', model: 'titan-embed-v2', usage, limits: readLimits }),
  );
});

test('more texts than the proxy takes are refused by it, and not sent in parts', async () => {
  const issues = [{ path: 'inputs', message: 'must have at most 256 texts' }];
  const { client, calls } = await scene(replying(400, envelope('invalid_request', { issues })));
  const asked = client.embed('titan-embed-v2', Array(257).fill('Hi'));
  await expect(asked).rejects.toMatchObject({ name: 'InvalidRequestError', issues });
  expect(calls).toHaveLength(1);
});

test.each<[unknown[], string]>([
  [['titan-embed-v2'], 'inputs must be a string or an array of strings.'],
  [['titan-embed-v2', ['Hi', 7n]], 'inputs.1 must be a string.'],
  [[7, 'Hi'], 'model must be a string.'],
  [['titan-embed-v2', 'Hi', { dimensions: '5' }], 'dimensions must be a number.'],
  [['titan-embed-v2', 'Hi', null], 'options must be an object.'],
])('arguments that are wrong are refused before anything is sent: %#', async (given, message) => {
  const fetch = vi.fn();
  const client = createBedrockClient({ ...settings, fetch });
  const asked = Reflect.apply(client.embed, client, given);
  await expect(asked).rejects.toMatchObject({ code: 'invalid_configuration', message });
  expect(fetch).not.toHaveBeenCalled();
});
