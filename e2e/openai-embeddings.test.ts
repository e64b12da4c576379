import OpenAI from 'openai';
import type { EmbeddingCreateParams } from 'openai/resources/embeddings';
import { expect, test } from 'vitest';
import { sharedSystems } from './harness.ts';
import { openAiClient } from './openai-client.ts';

const model = 'titan-embed-v2';

const shared = sharedSystems();

async function start(keyName = 'all-key') {
  const system = await shared('everything');
  return { system, ...openAiClient(system, keyName) };
}

/** The client asks for base64 by default, and decodes it. */
test('a vector is the same in both encodings, except for rounding to 32 bits', async () => {
  const { client } = await start();
  const unasked = await client.embeddings.create({ model, input: 'A dystopia' });
  const floats = await client.embeddings.create({ model, input: 'A dystopia', encoding_format: 'float' });
  const vector = floats.data[0]?.embedding ?? [];
  expect(vector).toHaveLength(1024);
  expect(unasked.data[0]?.embedding).toEqual(vector.map(Math.fround));
});

test('the answer has base64 if the request asks for it, and floats by default', async () => {
  const { system } = await start();
  const send = async (fields: object) =>
    (
      await system.send({
        key: system.keyValue('all-key'),
        path: '/v1/embeddings',
        body: { model, input: 'A dystopia', dimensions: 256, ...fields },
      })
    ).json();
  const unasked = await send({});
  expect(unasked).toMatchObject({ data: [{ embedding: expect.any(Array) }] });
  const asked = await send({ encoding_format: 'base64' });
  expect(asked).toMatchObject({
    data: [{ embedding: expect.stringMatching(/^[A-Za-z0-9+/]{1366}==$/) }],
  });
});

test('each string has a vector in its place, and the list has the usage', async () => {
  const { client, system } = await start();
  const list = await client.embeddings.create({ model, input: ['One', 'Two', 'One'], user: 'somebody' });
  expect(list).toMatchObject({
    object: 'list',
    model,
    data: [0, 1, 2].map((index) => ({ object: 'embedding', index })),
    usage: {
      prompt_tokens: system.bedrock.billed.inputTokens,
      total_tokens: system.bedrock.billed.inputTokens,
    },
  });
  const [first, second, third] = list.data.map(({ embedding }) => embedding);
  expect(first).toEqual(third);
  expect(first).not.toEqual(second);
});

test('vectors have the requested size, if the model offers it', async () => {
  const { client } = await start();
  const { data } = await client.embeddings.create({ model, input: 'One', dimensions: 256 });
  expect(data[0]?.embedding).toHaveLength(256);
  await expect(client.embeddings.create({ model, input: 'One', dimensions: 100 })).rejects.toMatchObject({
    status: 400,
    param: 'dimensions',
  });
});

test('Cohere gets the purpose of the vectors', async () => {
  const { client, system } = await start();
  const asked = async (fields: object) => {
    await client.embeddings.create({ model: 'cohere-embed-v4', input: 'One', ...fields });
    return JSON.parse(system.bedrock.received.at(-1)?.text ?? '').input_type;
  };
  expect(await asked({})).toBe('search_document');
  expect(await asked({ input_type: 'query' })).toBe('search_query');
  expect(await asked({ input_type: 'search_query' })).toBe('search_query');
  expect(await asked({ input_type: 'search_document' })).toBe('search_document');
});

test("a client's largest batch of strings is one request, in order", async () => {
  const { client, requests, system } = await start();
  const input = Array.from({ length: 2048 }, (_, index) => `Text ${index}`);
  const { data } = await client.embeddings.create({ model: 'cohere-embed-v3', input });
  expect(data.map(({ index }) => index)).toEqual(input.map((_, index) => index));
  expect(requests()).toBe(1);
  expect(system.bedrock.received).toHaveLength(Math.ceil(2048 / 96));
  expect(data[2047]?.embedding).toEqual(
    (await client.embeddings.create({ model: 'cohere-embed-v3', input: 'Text 2047' })).data[0]?.embedding,
  );
  await expect(client.embeddings.create({ model, input: [...input, 'more'] })).rejects.toMatchObject({
    status: 400,
    param: 'input',
  });
});

test.each<[what: string, input: EmbeddingCreateParams['input'], message: RegExp]>([
  ['token ids', [1, 2, 3], /check_embedding_ctx_length=False/],
  ['lists of token ids', [[1, 2], [3]], /check_embedding_ctx_length=False/],
  ['an empty string', '', /input must not be empty/],
  ['no strings', [], /input must not be empty/],
  ['an empty string among others', ['One', ' '], /input\.1 must not be empty/],
])('%s are refused, with what to do', async (_what, input, message) => {
  const { client, system } = await start();
  const refused = client.embeddings.create({ model, input });
  await expect(refused).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  await expect(refused).rejects.toThrow(message);
  expect(system.bedrock.received).toEqual([]);
});

test('a chat model refuses to make vectors, and an embeddings model refuses to answer', async () => {
  const { client } = await start();
  await expect(client.embeddings.create({ model: 'nova-lite', input: 'One' })).rejects.toMatchObject({
    code: 'unsupported_feature',
    param: 'model',
  });
  await expect(
    client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }] }),
  ).rejects.toMatchObject({ code: 'unsupported_feature', param: 'model' });
});
