import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { expect, test } from 'vitest';
import { asks, models, nothing, post, startUnderTest } from '../../testing/bedrock-client.ts';

const { native, tool, either, bare } = models;

const weather = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
};

const toolConfig = {
  tools: [
    { toolSpec: { name: 'weather', description: 'Tells the weather.', inputSchema: { json: weather } } },
  ],
  toolChoice: { tool: { name: 'weather' } },
};

test('Converse answers in text, with usage that adds up', async () => {
  const { client, bedrock } = await startUnderTest();
  const { output, stopReason, usage, metrics } = await client.send(
    new ConverseCommand({ modelId: native.modelId, messages: asks('What is a dystopia') }),
  );
  expect(output?.message).toMatchObject({
    role: 'assistant',
    content: [{ text: expect.stringContaining('What is a dystopia') }],
  });
  expect(stopReason).toBe('end_turn');
  expect(metrics?.latencyMs).toBeGreaterThan(0);
  const { inputTokens, outputTokens, totalTokens } = usage ?? {};
  expect(totalTokens).toBe((inputTokens ?? 0) + (outputTokens ?? 0));
  expect(bedrock.billed).toMatchObject({ inputTokens, outputTokens });
});

test('an answer ends at maxTokens, or before a stop sequence', async () => {
  const { client } = await startUnderTest();
  const ask = (inferenceConfig: object) =>
    client.send(new ConverseCommand({ modelId: native.modelId, messages: asks('Why?'), inferenceConfig }));
  expect(await ask({ maxTokens: 2 })).toMatchObject({
    output: { message: { content: [{ text: 'You aske' }] } },
    stopReason: 'max_tokens',
    usage: { outputTokens: 2 },
  });
  expect(await ask({ stopSequences: ['asked'] })).toMatchObject({
    output: { message: { content: [{ text: 'You ' }] } },
    stopReason: 'stop_sequence',
  });
});

test('a tool input that was cut at maxTokens comes empty', async () => {
  const { client } = await startUnderTest();
  const { output, stopReason } = await client.send(
    new ConverseCommand({
      modelId: tool.modelId,
      messages: asks('Kraków?'),
      toolConfig,
      inferenceConfig: { maxTokens: 2 },
    }),
  );
  expect(stopReason).toBe('max_tokens');
  expect(output?.message?.content).toMatchObject([{ toolUse: { name: 'weather', input: {} } }]);
});

test('fields that are unknown are refused by name', async () => {
  const system = await startUnderTest();
  const reply = await post(system, `${native.modelId}/converse`, {
    messages: asks('Why?'),
    inferenceConfig: { topK: 3 },
    colour: 'red',
  });
  expect(reply.status).toBe(400);
  expect(reply.headers.get('x-amzn-errortype')).toMatch(/^ValidationException:/);
  expect(await reply.json()).toEqual({
    message:
      'Malformed input request: #/inferenceConfig: extraneous key [topK] is not permitted' +
      '#: extraneous key [colour] is not permitted, please reformat your input and try again.',
  });
});

const format = (schema: object) => ({
  textFormat: {
    type: 'json_schema' as const,
    structure: { jsonSchema: { schema: JSON.stringify(schema) } },
  },
});

test.each([
  [bare, { system: [{ text: 'Be brief.' }] }, "This model doesn't support system messages. "],
  [
    bare,
    { inferenceConfig: { stopSequences: ['.'] } },
    "This model doesn't support the stopSequences field. ",
  ],
  [bare, { inferenceConfig: { temperature: 0 } }, "This model doesn't support the temperature field. "],
  [bare, { inferenceConfig: { topP: 0.5 } }, "This model doesn't support the topP field. "],
  [bare, { outputConfig: format(weather) }, "This model doesn't support the outputConfig field. "],
  [tool, { outputConfig: format(weather) }, "This model doesn't support the outputConfig field. "],
  [bare, { toolConfig }, "This model doesn't support tool use."],
  [
    either,
    { inferenceConfig: { temperature: 0, topP: 0.5 } },
    '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  ],
  [tool, { inferenceConfig: { maxTokens: 5001 } }, 'exceeds the model limit of 5000. '],
  [
    tool,
    { toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'time' } } } },
    "Tool 'time' not found in provided tools",
  ],
  [
    tool,
    { toolConfig: { tools: [{ toolSpec: { name: 'list', inputSchema: { json: { type: 'array' } } } }] } },
    'The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.',
  ],
  [
    native,
    { outputConfig: format({ type: 'object', properties: {} }) },
    "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
  ],
  [native, { requestMetadata: { team: 'a|b' } }, "Value at 'requestMetadata.team' failed"],
  [
    native,
    { requestMetadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, ''])) },
    'must have 1 to 16 entries',
  ],
])('%o with %j is refused: %s', async ({ modelId }, fields, message) => {
  const { client, bedrock } = await startUnderTest();
  const reply = client.send(new ConverseCommand({ modelId, messages: asks('Why?'), ...fields }));
  await expect(reply).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining(message),
  });
  expect(bedrock.billed).toEqual(nothing);
});

test('a model without a history takes one message only', async () => {
  const { client } = await startUnderTest();
  const messages = [
    ...asks('Why?'),
    { role: 'assistant' as const, content: [{ text: 'So.' }] },
    ...asks('Why?'),
  ];
  const ask = (modelId: string) => client.send(new ConverseCommand({ modelId, messages }));
  await expect(ask(native.modelId)).resolves.toMatchObject({ stopReason: 'end_turn' });
  await expect(ask(bare.modelId)).rejects.toThrow("This model doesn't support conversation history.");
});
