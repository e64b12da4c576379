import {
  InvokeModelCommand,
  type InvokeModelCommandInput,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { expect, test } from 'vitest';
import { collect, models, type SystemUnderTest, startUnderTest } from '../../testing/bedrock-client.ts';

const titan = 'amazon.titan-text-express-v1';
const llama = 'meta.llama2-70b-chat-v1';
const imported = 'arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl';

type Options = Omit<InvokeModelCommandInput, 'modelId' | 'body'>;

async function invoke({ client }: SystemUnderTest, modelId: string, body: object, options: Options = {}) {
  const reply = await client.send(
    new InvokeModelCommand({ modelId, body: JSON.stringify(body), ...options }),
  );
  return JSON.parse(reply.body.transformToString());
}

async function chunks({ client }: SystemUnderTest, modelId: string, body: object, options: Options = {}) {
  const reply = await client.send(
    new InvokeModelWithResponseStreamCommand({ modelId, body: JSON.stringify(body), ...options }),
  );
  expect(reply.contentType).toBe('application/json');
  const events = await collect(reply.body);
  return events.map((event) => JSON.parse(Buffer.from(event.chunk?.bytes ?? []).toString()));
}

test('Titan Text takes and answers its own body', async () => {
  const system = await startUnderTest();
  system.bedrock.answerNext({ deltas: ['Be', 'cause.'] });
  expect(await invoke(system, titan, { inputText: 'Why?' })).toEqual({
    inputTextTokenCount: 1,
    results: [{ tokenCount: 2, outputText: '\nBecause.', completionReason: 'FINISHED' }],
  });
  expect(system.bedrock.billed).toMatchObject({ inputTokens: 1, outputTokens: 2 });
});

test('Llama takes and answers its own body', async () => {
  const system = await startUnderTest();
  system.bedrock.answerNext({ deltas: ['Be', 'cause.'] });
  expect(await invoke(system, llama, { prompt: 'Why?', max_gen_len: 1 })).toEqual({
    generation: ' Be',
    prompt_token_count: 1,
    generation_token_count: 1,
    stop_reason: 'length',
  });
});

test('an imported model takes either body, any other model only its own', async () => {
  const system = await startUnderTest();
  expect(await invoke(system, imported, { inputText: 'Why?' })).toHaveProperty('results');
  expect(await invoke(system, imported, { prompt: 'Why?' })).toHaveProperty('generation');
  for (const [modelId, body] of [
    [titan, { prompt: 'Why?' }],
    [llama, { inputText: 'Why?' }],
    [titan, { inputText: 'Why?', colour: 'red' }],
    [models.native.modelId, { inputText: 'Why?' }],
  ] as const) {
    await expect(invoke(system, modelId, body)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Malformed input request, please reformat your input and try again.',
    });
  }
});

const metrics = { inputTokenCount: 1, outputTokenCount: 2, invocationLatency: 1, firstByteLatency: 1 };

test('Titan Text streams its own chunks, with the cost in the last', async () => {
  const system = await startUnderTest();
  system.bedrock.answerNext({ deltas: ['Be', 'cause.'] });
  const pending = { totalOutputTextTokenCount: null, completionReason: null, inputTextTokenCount: null };
  expect(await chunks(system, titan, { inputText: 'Why?' })).toEqual([
    { outputText: '\nBe', index: 0, ...pending },
    { outputText: 'cause.', index: 1, ...pending },
    {
      outputText: '',
      index: 2,
      totalOutputTextTokenCount: 2,
      completionReason: 'FINISHED',
      inputTextTokenCount: 1,
      'amazon-bedrock-invocationMetrics': metrics,
    },
  ]);
});

test('Llama streams its own chunks, with the cost in the last', async () => {
  const system = await startUnderTest();
  system.bedrock.answerNext({ deltas: ['Be', 'cause.'] });
  expect(await chunks(system, llama, { prompt: 'Why?' })).toEqual([
    { generation: ' Be', prompt_token_count: 1, generation_token_count: 1, stop_reason: null },
    { generation: 'cause.', prompt_token_count: null, generation_token_count: 2, stop_reason: null },
    {
      generation: '',
      prompt_token_count: null,
      generation_token_count: 2,
      stop_reason: 'stop',
      'amazon-bedrock-invocationMetrics': metrics,
    },
  ]);
});

test('request metadata comes in a header and must be valid', async () => {
  const system = await startUnderTest();
  const ask = (requestMetadata: string) => invoke(system, titan, { inputText: 'Why?' }, { requestMetadata });
  await ask('{"team":"toll"}');
  expect(system.bedrock.received[0]?.headers).toEqual({
    'x-amzn-bedrock-request-metadata': '{"team":"toll"}',
  });
  await expect(ask('{"team":"a|b"}')).rejects.toThrow("Value at 'team' failed");
  await expect(ask('{}')).rejects.toThrow('must have 1 to 16 entries');
  await expect(ask('team')).rejects.toThrow('Malformed input request');
});

test('a guardrail needs a version', async () => {
  const system = await startUnderTest();
  const ask = invoke(system, titan, { inputText: 'Why?' }, { guardrailIdentifier: 'abc' });
  await expect(ask).rejects.toThrow("Value at 'guardrailVersion' failed");
});
