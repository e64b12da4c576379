import {
  ConverseCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { expect, test } from 'vitest';
import { asks, collect, models, nothing, startUnderTest } from '../testing/bedrock-client.ts';
import { blockedMessage, blockedWord } from './guardrail.ts';

const { modelId } = models.native;
const guardrailConfig = { guardrailIdentifier: 'abc123', guardrailVersion: '1' };
const badQuestion = `Tell me about ${blockedWord} things.`;

test('a guardrail answers a bad question in place of the model, and no tokens are counted', async () => {
  const { client, bedrock } = await startUnderTest();
  const reply = await client.send(
    new ConverseCommand({
      modelId,
      messages: asks(badQuestion),
      guardrailConfig: { ...guardrailConfig, trace: 'enabled' },
    }),
  );
  expect(reply).toMatchObject({
    output: { message: { content: [{ text: blockedMessage }] } },
    stopReason: 'guardrail_intervened',
    usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
  });
  expect(reply.trace?.guardrail?.inputAssessment?.['abc123']?.wordPolicy?.customWords).toEqual([
    { match: blockedWord, action: 'BLOCKED' },
  ]);
  expect(bedrock.billed).toEqual(nothing);
});

test('InvokeModel reports in the body what the guardrail did', async () => {
  const { client } = await startUnderTest();
  const ask = async (inputText: string, guardrail: object) => {
    const body = JSON.stringify({ inputText });
    const reply = await client.send(
      new InvokeModelCommand({ modelId: 'amazon.titan-text-express-v1', body, ...guardrail }),
    );
    return JSON.parse(reply.body.transformToString());
  };
  expect(await ask(badQuestion, guardrailConfig)).toMatchObject({
    'amazon-bedrock-guardrailAction': 'INTERVENED',
    results: [{ outputText: `\n${blockedMessage}` }],
  });
  expect(await ask('Why?', guardrailConfig)).toMatchObject({ 'amazon-bedrock-guardrailAction': 'NONE' });
  expect(await ask(badQuestion, {})).not.toHaveProperty('amazon-bedrock-guardrailAction');
});

test('a stream of InvokeModel reports in each chunk what the guardrail did', async () => {
  const { client } = await startUnderTest();
  const { body } = await client.send(
    new InvokeModelWithResponseStreamCommand({
      modelId: 'meta.llama2-70b-chat-v1',
      body: JSON.stringify({ prompt: badQuestion }),
      ...guardrailConfig,
    }),
  );
  const chunks = (await collect(body)).map((event) => Buffer.from(event.chunk?.bytes ?? []).toString());
  expect(chunks).toHaveLength(2);
  for (const chunk of chunks)
    expect(JSON.parse(chunk)).toHaveProperty('amazon-bedrock-guardrailAction', 'INTERVENED');
});
