import { ConverseStreamCommand, type ConverseStreamCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { expect, test } from 'vitest';
import { asks, collect, models, type SystemUnderTest, startUnderTest } from '../../testing/bedrock-client.ts';

const { native, tool, bare } = models;

async function stream({ client }: SystemUnderTest, input: Partial<ConverseStreamCommandInput> = {}) {
  const command = new ConverseStreamCommand({ modelId: native.modelId, messages: asks('Why?'), ...input });
  return collect((await client.send(command)).stream);
}

const toolConfig = {
  tools: [
    {
      toolSpec: {
        name: 'answer',
        inputSchema: { json: { type: 'object', properties: { text: { type: 'string' } } } },
      },
    },
  ],
  toolChoice: { any: {} },
};

test('ConverseStream sends text in the order of events that Bedrock has', async () => {
  const system = await startUnderTest();
  system.bedrock.answerNext({ deltas: ['Be', 'cause.'] });
  expect(await stream(system)).toEqual([
    { messageStart: { role: 'assistant' } },
    { contentBlockDelta: { delta: { text: 'Be' }, contentBlockIndex: 0 } },
    { contentBlockDelta: { delta: { text: 'cause.' }, contentBlockIndex: 0 } },
    { contentBlockStop: { contentBlockIndex: 0 } },
    { messageStop: { stopReason: 'end_turn' } },
    {
      metadata: {
        usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
        metrics: { latencyMs: expect.any(Number) },
      },
    },
  ]);
  expect(system.bedrock.billed).toMatchObject({ inputTokens: 1, outputTokens: 2 });
});

test('a tool that is called begins a block, and its input comes as pieces of JSON', async () => {
  const events = await stream(await startUnderTest(), { modelId: tool.modelId, toolConfig });
  expect(events[1]).toEqual({
    contentBlockStart: {
      start: { toolUse: { toolUseId: expect.stringMatching(/^tooluse_/), name: 'answer' } },
      contentBlockIndex: 0,
    },
  });
  const input = events.map((event) => event.contentBlockDelta?.delta?.toolUse?.input ?? '').join('');
  expect(JSON.parse(input)).toEqual({ text: 'Why?' });
  expect(events.at(-2)).toEqual({ messageStop: { stopReason: 'tool_use' } });
});

test('the pieces of a tool input stop at maxTokens', async () => {
  const inferenceConfig = { maxTokens: 2 };
  const events = await stream(await startUnderTest(), { modelId: tool.modelId, toolConfig, inferenceConfig });
  const pieces = events.flatMap((event) => event.contentBlockDelta?.delta?.toolUse?.input ?? []);
  expect(pieces).toEqual(['{"te', 'xt":']);
  expect(events.at(-2)).toEqual({ messageStop: { stopReason: 'max_tokens' } });
});

test('a model that cannot stream says so', async () => {
  const system = await startUnderTest();
  await expect(stream(system, { modelId: bare.modelId })).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'The model is unsupported for streaming',
  });
});
