import {
  ConverseCommand,
  type ConverseTokensRequest,
  CountTokensCommand,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { allInputTokens } from '@org/models';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  asks,
  imageOf,
  models,
  nothing,
  pdfOf,
  type SystemUnderTest,
  startUnderTest,
} from '../testing/bedrock-client.ts';

const { modelId } = models.claude;

async function countOf({ client }: SystemUnderTest, converse: ConverseTokensRequest, id: string = modelId) {
  const { inputTokens } = await client.send(new CountTokensCommand({ modelId: id, input: { converse } }));
  return inputTokens;
}

const text = fc.string({ minLength: 1 }).map((written) => ({ text: `x${written}` }));
const block = fc.oneof(
  text,
  fc
    .record({
      format: fc.constantFrom('png', 'jpeg', 'gif', 'webp'),
      width: fc.integer({ min: 1, max: 8000 }),
    })
    .map(({ format, width }) => ({ image: { format, source: { bytes: imageOf(format, width, 50) } } })),
  fc.integer({ min: 1, max: 2 }).map((pages) => ({
    document: { format: 'pdf' as const, name: 'Plan', source: { bytes: pdfOf(pages) } },
  })),
  fc.constantFrom('5m', '1h').map(() => ({ cachePoint: { type: 'default' as const } })),
);
const isDocument = (each: object) => ('document' in each ? 'document' : each);
const isPoint = (each: object) => ('cachePoint' in each ? 'point' : each);
const conversation: fc.Arbitrary<ConverseTokensRequest> = fc.record({
  messages: fc
    .tuple(
      text,
      fc.uniqueArray(block, {
        maxLength: 4,
        selector: (each) => (isPoint(each) === 'point' ? 'point' : isDocument(each)),
      }),
    )
    .map(([first, rest]) => [{ role: 'user' as const, content: [first, ...rest] }]),
  system: fc.array(text, { maxLength: 2 }),
});

test('the count equals the bill for the same input, and counting costs nothing', async () => {
  const system = await startUnderTest();
  await fc.assert(
    fc.asyncProperty(conversation, async (converse) => {
      const before = allInputTokens(system.bedrock.billed);
      const counted = await countOf(system, converse);
      expect(allInputTokens(system.bedrock.billed)).toBe(before);
      const inferenceConfig = { maxTokens: 1 };
      await system.client.send(new ConverseCommand({ modelId, ...converse, inferenceConfig }));
      expect(allInputTokens(system.bedrock.billed) - before).toBe(counted);
    }),
  );
});

test('a body of InvokeModel is counted too', async () => {
  const system = await startUnderTest();
  const body = JSON.stringify({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 10,
    system: [{ type: 'text', text: 'Be very brief.', cache_control: { type: 'ephemeral' } }],
    messages: [{ role: 'user', content: 'Why is that so?' }],
  });
  const input = { invokeModel: { body: Buffer.from(body) } };
  const { inputTokens } = await system.client.send(new CountTokensCommand({ modelId, input }));
  expect(system.bedrock.billed).toEqual(nothing);
  await system.client.send(new InvokeModelCommand({ modelId, body }));
  expect(allInputTokens(system.bedrock.billed)).toBe(inputTokens);
  expect(inputTokens).toBeGreaterThan(5);
});

test.each([
  ['another model', models.native.modelId],
  ['a profile of a model', `us.${modelId}`],
  ['an embeddings model', models.titan.modelId],
])('tokens for %s are not counted', async (_, id) => {
  const counted = countOf(await startUnderTest(), { messages: asks('Why?') }, id);
  await expect(counted).rejects.toMatchObject({
    name: 'ValidationException',
    message: "The provided model doesn't support counting tokens.",
  });
});

test('an input that a call would refuse is not counted', async () => {
  const system = await startUnderTest();
  await expect(countOf(system, { messages: [] })).rejects.toThrow('must start with a user message');
  await expect(countOf(system, { messages: asks(' ') })).rejects.toThrow('is blank');
  await expect(countOf(system, { messages: asks('Why?') }, 'no.such-model')).rejects.toThrow(
    'identifier is invalid',
  );
});
