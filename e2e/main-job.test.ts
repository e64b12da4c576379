import { AnswerSchema } from '@org/contract';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

const spanish = '¿Qué es "una" distopía? \\u00f1 😀';

test('one request id is in the body, a header and the log line', async () => {
  const { ask, logs } = await startSystem('shipped');
  const reply = await ask('tollmkey');
  const { id } = AnswerSchema.parse(reply.json());
  expect(reply.headers.get('x-request-id')).toBe(id);
  expect(logs.map((line) => JSON.parse(line))).toMatchObject([{ requestId: id, team: 'toll', status: 200 }]);
});

test('system, history and parameters reach Converse', async () => {
  const { client: clientOf, bedrock } = await startSystem('shipped');
  await clientOf('tollmkey').client.ask('llama', 'And a utopia?', {
    system: 'Answer in one sentence.',
    history: [
      { role: 'user', text: 'What is a dystopia' },
      { role: 'assistant', text: 'A bad place.' },
    ],
    maxTokens: 50,
    temperature: 0,
    topP: 0.5,
    stop: ['End'],
  });
  expect(bedrock.received).toMatchObject([
    {
      operation: 'converse',
      modelId: 'us.meta.llama4-maverick-17b-instruct-v1:0',
      region: 'us-east-1',
    },
  ]);
  expect(JSON.parse(bedrock.received[0]?.text ?? '')).toMatchObject({
    system: [{ text: 'Answer in one sentence.' }],
    messages: [
      { role: 'user', content: [{ text: 'What is a dystopia' }] },
      { role: 'assistant', content: [{ text: 'A bad place.' }] },
      { role: 'user', content: [{ text: 'And a utopia?' }] },
    ],
    inferenceConfig: { maxTokens: 50, temperature: 0, topP: 0.5, stopSequences: ['End'] },
  });
});

test('configured as the original was, Bedrock receives its bodies and its defaults', async () => {
  const { ask, bedrock } = await startSystem('predecessor');
  const titan = AnswerSchema.parse((await ask('tollmkey', { model: 'titan', question: spanish })).json());
  const llama = AnswerSchema.parse((await ask('tollmkey', { model: 'llama', question: spanish })).json());

  expect(
    bedrock.received.map(({ operation, modelId, text }) => ({ operation, modelId, body: JSON.parse(text) })),
  ).toEqual([
    {
      operation: 'invoke',
      modelId: 'amazon.titan-text-express-v1',
      body: {
        inputText: spanish,
        textGenerationConfig: { maxTokenCount: 4096, stopSequences: [], temperature: 0, topP: 0.9 },
      },
    },
    {
      operation: 'invoke',
      modelId: 'meta.llama2-70b-chat-v1',
      body: { prompt: spanish, max_gen_len: 512, top_p: 0.9, temperature: 0.2 },
    },
  ]);
  expect(titan.text).toContain(spanish);
  expect(llama.text).toContain(spanish);
});

test('fields that the original bodies cannot carry are refused by name', async () => {
  const { ask } = await startSystem('predecessor');
  const reply = await ask('tollmkey', { system: 'Be brief.' });
  expect(reply.status).toBe(400);
  expect(reply.error()).toMatchObject({ code: 'unsupported_feature', param: 'system' });
});
