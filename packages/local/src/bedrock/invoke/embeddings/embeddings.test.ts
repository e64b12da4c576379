import { InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  models,
  nothing,
  post,
  type SystemUnderTest,
  startUnderTest,
} from '../../../testing/bedrock-client.ts';
import { roundings, vectorOf } from './vector.ts';

const { titan, cohere3, cohere4 } = models;

async function embed({ client }: SystemUnderTest, modelId: string, body: object) {
  const reply = await client.send(new InvokeModelCommand({ modelId, body: JSON.stringify(body) }));
  return JSON.parse(reply.body.transformToString());
}

test('a vector has length 1, depends only on its text, and is the start of a longer one', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, other) => {
      const vector = vectorOf(text, 256);
      expect(Math.hypot(...vector)).toBeCloseTo(1);
      expect(vectorOf(text, 256)).toEqual(vector);
      if (text !== other) expect(vectorOf(other, 256)).not.toEqual(vector);
      const [first = 0, second = 0] = vectorOf(text, 1024);
      expect(first / second).toBeCloseTo((vector[0] ?? 0) / (vector[1] ?? 0));
      expect(roundings.ubinary(vector)).toHaveLength(32);
      expect(roundings.binary(vector).every((byte) => byte >= -128 && byte <= 127)).toBe(true);
      expect(roundings.uint8(vector).every((byte) => byte >= 0 && byte <= 255)).toBe(true);
    }),
  );
});

describe('Titan', () => {
  test('turns a text into a vector, reports its tokens in the body and in a header, and bills them', async () => {
    const system = await startUnderTest();
    expect(await embed(system, titan.modelId, { inputText: 'Why is that?' })).toEqual({
      embedding: vectorOf('Why is that?', 1024),
      embeddingsByType: { float: vectorOf('Why is that?', 1024) },
      inputTextTokenCount: 4,
    });
    expect(system.bedrock.billed).toEqual({ ...nothing, inputTokens: 4 });
    const { headers } = await post(system, `${titan.modelId}/invoke`, { inputText: 'Why is that?' });
    expect(headers.get('x-amzn-bedrock-input-token-count')).toBe('4');
  });

  test('makes a vector with fewer dimensions, not normalized, or of bits', async () => {
    const system = await startUnderTest();
    const short = await embed(system, titan.modelId, {
      inputText: 'Why?',
      dimensions: 256,
      normalize: false,
    });
    expect(short.embedding).toHaveLength(256);
    expect(Math.hypot(...short.embedding)).toBeGreaterThan(2);
    const bits = await embed(system, titan.modelId, { inputText: 'Why?', embeddingTypes: ['binary'] });
    expect(Object.keys(bits)).toEqual(['embeddingsByType', 'inputTextTokenCount']);
    expect(new Set(bits.embeddingsByType.binary)).toEqual(new Set([0, 1]));
  });
});

describe.each([
  [cohere3, 1024],
  [cohere4, 1536],
] as const)('$modelId', ({ modelId }, dimensions) => {
  const request = { texts: ['Why?', 'Because.'], input_type: 'search_document' };

  test('turns texts into vectors, reports their tokens only in a header, and bills them', async () => {
    const system = await startUnderTest();
    const reply = await post(system, `${modelId}/invoke`, request);
    expect(await reply.json()).toEqual({
      id: expect.any(String),
      texts: request.texts,
      embeddings: request.texts.map((text) => vectorOf(text, dimensions)),
      response_type: 'embeddings_floats',
    });
    expect(reply.headers.get('x-amzn-bedrock-input-token-count')).toBe('3');
    expect(system.bedrock.billed).toEqual({ ...nothing, inputTokens: 3 });
  });

  test('names vectors by type if the request names types', async () => {
    const embedding_types = ['float', 'int8', 'ubinary'];
    const { embeddings, response_type } = await embed(await startUnderTest(), modelId, {
      ...request,
      embedding_types,
    });
    expect(response_type).toBe('embeddings_by_type');
    expect(Object.keys(embeddings)).toEqual(embedding_types);
    expect(embeddings.float[1]).toEqual(vectorOf('Because.', dimensions));
    expect(embeddings.int8[0]).toHaveLength(dimensions);
    expect(embeddings.ubinary[0]).toHaveLength(dimensions / 8);
  });

  test('the purpose does not change a vector', async () => {
    const system = await startUnderTest();
    const query = await embed(system, modelId, { ...request, input_type: 'search_query' });
    expect(query.embeddings[0]).toEqual(vectorOf('Why?', dimensions));
  });
});

test("Cohere's fourth version makes vectors of the chosen dimensions, from as much text as it may read", async () => {
  const system = await startUnderTest();
  const read = async (truncate: string) => {
    const body = {
      texts: ['one two six'],
      input_type: 'clustering',
      output_dimension: 256,
      max_tokens: 2,
      truncate,
    };
    const { embeddings } = await embed(system, cohere4.modelId, body);
    return embeddings[0];
  };
  expect(await read('RIGHT')).toEqual(vectorOf('one two', 256));
  expect(await read('LEFT')).toEqual(vectorOf(' two six', 256));
  await expect(read('NONE')).rejects.toMatchObject({ name: 'ValidationException' });
  expect(system.bedrock.billed.inputTokens).toBe(4);
});

const search = { input_type: 'search_document' };

test.each<[fault: string, modelId: string, body: object, message: string]>([
  ['an empty text', titan.modelId, { inputText: '' }, '#/inputText: expected minLength: 1, actual: 0'],
  [
    'a text that is too long',
    titan.modelId,
    { inputText: 'a'.repeat(50_001) },
    '#/inputText: expected maxLength: 50000, actual: 50001',
  ],
  [
    'too many tokens',
    titan.modelId,
    { inputText: 'a '.repeat(8193) },
    'Too many input tokens. Max input tokens: 8192',
  ],
  [
    'dimensions that the model does not have',
    titan.modelId,
    { inputText: 'a', dimensions: 300 },
    '#/dimensions',
  ],
  [
    "another model's field",
    titan.modelId,
    { inputText: 'a', input_type: 'x' },
    'extraneous key [input_type]',
  ],
  [
    'too many texts',
    cohere3.modelId,
    { ...search, texts: Array.from({ length: 97 }, String) },
    '#/texts: expected maximum item count: 96, found: 97',
  ],
  [
    'too many texts',
    cohere4.modelId,
    { ...search, texts: Array.from({ length: 97 }, String) },
    '#/texts: expected maximum item count: 96, found: 97',
  ],
  [
    'a text that is too long',
    cohere3.modelId,
    { ...search, texts: ['a'.repeat(2049)] },
    '#/texts/0: expected maxLength: 2048, actual: 2049',
  ],
  ['no purpose', cohere3.modelId, { texts: ['a'] }, '#/input_type'],
  [
    'dimensions',
    cohere3.modelId,
    { ...search, texts: ['a'], output_dimension: 256 },
    'extraneous key [output_dimension]',
  ],
  [
    'dimensions that the model does not have',
    cohere4.modelId,
    { ...search, texts: ['a'], output_dimension: 300 },
    '#/output_dimension',
  ],
])('%s is refused by %s', async (_, modelId, body, message) => {
  const system = await startUnderTest();
  await expect(embed(system, modelId, body)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining(message),
  });
  expect(system.bedrock.billed).toEqual(nothing);
});
