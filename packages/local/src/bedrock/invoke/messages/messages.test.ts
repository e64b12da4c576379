import { InvokeModelCommand, InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { expect, test } from 'vitest';
import {
  collect,
  imageOf,
  models,
  nothing,
  pdfOf,
  post,
  type SystemUnderTest,
  startUnderTest,
  turnedClock,
} from '../../../testing/bedrock-client.ts';

const { modelId } = models.claude;

const question = { role: 'user', content: 'Why?' };
const request = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 500, messages: [question] };
const weather = {
  name: 'weather',
  description: 'Says how the weather is.',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
};

async function ask({ client }: SystemUnderTest, more: object = {}) {
  const body = JSON.stringify({ ...request, ...more });
  const reply = await client.send(new InvokeModelCommand({ modelId, body }));
  return JSON.parse(reply.body.transformToString());
}

async function stream({ client }: SystemUnderTest, more: object = {}) {
  const body = JSON.stringify({ ...request, ...more });
  const reply = await client.send(new InvokeModelWithResponseStreamCommand({ modelId, body }));
  const events = await collect(reply.body);
  return events.map((event) => JSON.parse(Buffer.from(event.chunk?.bytes ?? []).toString()));
}

const uncached = {
  ...{ cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
};

test('Claude takes and answers its own body', async () => {
  const system = await startUnderTest();
  system.bedrock.answerNext({ deltas: ['Be', 'cause.'] });
  expect(await ask(system)).toEqual({
    id: expect.stringMatching(/^msg_bdrk_/),
    ...{ type: 'message', role: 'assistant', model: 'claude-test-20260101' },
    content: [{ type: 'text', text: 'Because.' }],
    ...{ stop_reason: 'end_turn', stop_sequence: null },
    usage: { input_tokens: 1, output_tokens: 2, ...uncached },
  });
  expect(system.bedrock.billed).toEqual({ ...nothing, inputTokens: 1, outputTokens: 2 });
});

test('an answer names the stop sequence that ended it', async () => {
  expect(await ask(await startUnderTest(), { stop_sequences: ['no', 'asked'] })).toMatchObject({
    content: [{ text: 'You ' }],
    ...{ stop_reason: 'stop_sequence', stop_sequence: 'asked' },
  });
});

test('a tool loop goes on with its own thoughts, and refuses others', async () => {
  const system = await startUnderTest();
  const more = { tools: [weather], thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 2000 };
  const first = { role: 'user', content: 'The weather, please.' };
  const { content, stop_reason } = await ask(system, { ...more, messages: [first] });
  expect(stop_reason).toBe('tool_use');
  expect(content).toEqual([
    { type: 'thinking', thinking: 'They ask: The weather, please.', signature: expect.any(String) },
    {
      ...{ type: 'tool_use', id: expect.stringMatching(/^toolu_bdrk_/), name: 'weather' },
      input: { city: 'The weather, please.' },
    },
  ]);
  const result = { type: 'tool_result', tool_use_id: content[1].id, content: 'Rain' };
  const goOn = (said: object[]) => [
    first,
    { role: 'assistant', content: said },
    { role: 'user', content: [result] },
  ];
  expect(await ask(system, { ...more, messages: goOn(content) })).toMatchObject({
    content: [{ type: 'thinking' }, { text: expect.stringContaining('The tools returned: Rain') }],
  });
  const forged = [{ ...content[0], thinking: 'They ask nothing.' }, content[1]];
  await expect(ask(system, { ...more, messages: goOn(forged) })).rejects.toThrow(
    'messages.1.content.0: Invalid `signature` in `thinking` block',
  );
  await expect(ask(system, { ...more, messages: goOn([content[1]]) })).rejects.toThrow(
    'messages.1.content.0.type: Expected `thinking`',
  );
  const off = { ...more, thinking: { type: 'disabled' }, messages: goOn(content) };
  await expect(ask(system, off)).rejects.toThrow('When thinking is disabled');
});

test('a stream has the events of the Messages API, and its cost at the end', async () => {
  const system = await startUnderTest();
  const events = await stream(system, {
    tools: [weather],
    thinking: { type: 'adaptive' },
    messages: [{ role: 'user', content: 'weather?' }],
  });
  const types = events.map(({ type }) => type);
  expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
    ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop'],
    ...['content_block_start', 'content_block_delta', 'content_block_stop'],
    ...['message_delta', 'message_stop'],
  ]);
  const deltas = events.flatMap(({ delta }) => delta ?? []);
  const joined = (name: string) => deltas.map((delta) => delta[name] ?? '').join('');
  expect(joined('thinking')).toBe('They ask: weather?');
  expect(joined('signature')).toMatch(/^\S{44}$/);
  expect(JSON.parse(joined('partial_json'))).toEqual({ city: 'weather?' });
  const { inputTokens, outputTokens } = system.bedrock.billed;
  expect(events[0].message.usage).toEqual({ input_tokens: inputTokens, output_tokens: 1, ...uncached });
  expect(events.at(-2)).toEqual({
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: outputTokens },
  });
  expect(events.at(-1)['amazon-bedrock-invocationMetrics']).toMatchObject({
    ...{ inputTokenCount: inputTokens, outputTokenCount: outputTokens },
  });
});

test('a cached prompt is written once and read afterwards, by its ttl', async () => {
  const clock = turnedClock();
  const system = await startUnderTest({ clock });
  const cached = (text: string, ttl?: string) => ({
    ...{ type: 'text', text },
    cache_control: { type: 'ephemeral', ...(ttl && { ttl }) },
  });
  const more = {
    system: [cached('Be very brief.', '1h')],
    messages: [{ role: 'user', content: [cached('A long story.'), { type: 'text', text: 'Why?' }] }],
  };
  const usageOf = async () => (await ask(system, more)).usage;
  expect(await usageOf()).toMatchObject({
    ...{ input_tokens: 1, cache_creation_input_tokens: 8, cache_read_input_tokens: 0 },
    cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 4 },
  });
  expect(await usageOf()).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: 8 });
  clock.turn(6);
  expect(await usageOf()).toMatchObject({
    ...{ cache_read_input_tokens: 4, cache_creation: { ephemeral_5m_input_tokens: 4 } },
  });
  const { headers } = await post(system, `${modelId}/invoke`, { ...request, ...more });
  expect(headers.get('x-amzn-bedrock-cache-read-input-token-count')).toBe('8');
  const events = await stream(system, more);
  expect(events.at(-1)['amazon-bedrock-invocationMetrics']).toMatchObject({ cacheReadInputTokenCount: 8 });
  expect(system.bedrock.billed).toMatchObject({
    cacheWriteTokens: 8,
    cacheWrite1hTokens: 4,
    cacheReadTokens: 28,
  });
});

const image = (format: 'png' | 'gif', media_type = `image/${format}`) => ({
  type: 'image',
  source: { type: 'base64', media_type, data: Buffer.from(imageOf(format)).toString('base64') },
});
const pdf = {
  ...{ type: 'document', title: 'Plan', citations: { enabled: true } },
  source: { type: 'base64', media_type: 'application/pdf', data: Buffer.from(pdfOf(2)).toString('base64') },
};
const citation = {
  ...{
    type: 'page_location',
    cited_text: 'The first page of Plan.',
    document_index: 0,
    document_title: 'Plan',
  },
  ...{ start_page_number: 1, end_page_number: 2 },
};

test('images and documents are read, and quoted if citations are on', async () => {
  const system = await startUnderTest();
  const notes = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Rain.' } };
  const messages = [{ role: 'user', content: [image('png'), pdf, notes, { type: 'text', text: 'Well?' }] }];
  const { content } = await ask(system, { messages });
  expect(content).toEqual([
    { type: 'text', text: expect.stringMatching(/^You asked: Well\?/) },
    { type: 'text', text: 'The first page of Plan.', citations: [citation] },
  ]);
  const again = [...messages, { role: 'assistant', content }, question];
  expect(await ask(system, { messages: again })).toMatchObject({ stop_reason: 'end_turn' });
  const quotes = (await stream(system, { messages })).flatMap(({ delta }) => delta?.citation ?? []);
  expect(quotes).toEqual([citation]);
});

test('messages of one role in a row are one, and the request may forbid tool calls', async () => {
  const messages = [question, { role: 'user', content: 'weather?' }];
  const { content } = await ask(await startUnderTest(), {
    messages,
    tools: [weather],
    tool_choice: { type: 'none' },
  });
  expect(content).toEqual([{ type: 'text', text: expect.stringMatching(/^You asked: Why\?weather\?/) }]);
});

test('a tool that Claude knows needs no schema', async () => {
  const bash = { type: 'bash_20250124', name: 'bash' };
  const tool_choice = { type: 'tool', name: 'bash' };
  expect(await ask(await startUnderTest(), { tools: [bash], tool_choice })).toMatchObject({
    content: [{ type: 'tool_use', name: 'bash', input: {} }],
  });
});

test('an answer fits the schema in the request', async () => {
  const schema = {
    ...{ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    additionalProperties: false,
  };
  const { content } = await ask(await startUnderTest(), {
    output_config: { effort: 'low', format: { type: 'json_schema', schema } },
  });
  expect(JSON.parse(content[0].text)).toEqual({ city: 'Why?' });
});

const used = { type: 'tool_use', id: 'one', name: 'weather', input: {} };
test('a Claude that thinks by default reads instructions between turns', async () => {
  const { client } = await startUnderTest();
  const asked = (model: string, messages: object[]) =>
    client.send(new InvokeModelCommand({ modelId: model, body: JSON.stringify({ ...request, messages }) }));
  const instructed = [question, { role: 'system', content: 'Be brief.' }];
  const reply = await asked(models.newClaude.modelId, instructed);
  expect(JSON.parse(reply.body.transformToString()).content.at(-1).text).toContain('You asked: Why?');
  await expect(asked(modelId, instructed)).rejects.toThrow('messages.1.role: Input should be');
  await expect(asked(models.newClaude.modelId, instructed.toReversed())).rejects.toThrow(
    'must follow a user message',
  );
});

const turn = (...content: object[]) => [{ role: 'user', content }];

test.each<[fault: string, more: object, message: string]>([
  ['no number of tokens', { max_tokens: undefined }, 'max_tokens: Field required'],
  [
    'too many tokens',
    { max_tokens: 5001 },
    'max_tokens: 5001 > 5000, which is the maximum allowed number of output tokens for ',
  ],
  [
    'another version',
    { anthropic_version: '2023-06-01' },
    "anthropic_version: Input should be 'bedrock-2023-05-31'",
  ],
  ['a model in the body', { model: 'claude' }, 'model: Extra inputs are not permitted'],
  ['a stream flag in the body', { stream: true }, 'stream: Extra inputs are not permitted'],
  ['an MCP server', { mcp_servers: [] }, 'mcp_servers: Extra inputs are not permitted'],
  [
    'context management without its beta',
    { context_management: { edits: [] } },
    'context_management: Extra inputs are not permitted',
  ],
  [
    'a beta that Bedrock does not know',
    { anthropic_beta: ['advanced-tool-use-2025-11-20'] },
    'invalid beta flag',
  ],
  [
    'a cache scope',
    { system: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral', scope: 'global' } }] },
    'system.0.cache_control.ephemeral.scope: Extra inputs are not permitted',
  ],
  [
    'a cache scope in a message',
    { messages: turn({ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral', scope: 'global' } }) },
    'messages.0.content.0.text.cache_control.ephemeral.scope: Extra inputs are not permitted',
  ],
  [
    'a field of a tool',
    { tools: [{ ...weather, eager_input_streaming: true }] },
    'tools.0.custom.eager_input_streaming: Extra inputs are not permitted',
  ],
  [
    'a server tool',
    { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    "tools.0: Input tag 'web_search_20250305'",
  ],
  ['two tools with the same name', { tools: [weather, weather] }, 'tools: Tool names must be unique.'],
  [
    'a tool that does not exist',
    { tools: [weather], tool_choice: { type: 'tool', name: 'time' } },
    "Tool 'time' not found",
  ],
  [
    'a conversation that begins with Claude',
    { messages: [{ role: 'assistant', content: 'Hi' }] },
    'messages: first message must use the "user" role',
  ],
  [
    'an empty text',
    { messages: turn({ type: 'text', text: '' }) },
    'messages: text content blocks must be non-empty',
  ],
  [
    'a blank text',
    { messages: [{ role: 'user', content: ' ' }] },
    'messages: text content blocks must contain non-whitespace text',
  ],
  [
    'an image by its URL',
    { messages: turn({ type: 'image', source: { type: 'url', url: 'https://a.b' } }) },
    "messages.0.content.0.image.source.type: Input should be 'base64'",
  ],
  [
    'an image in another format',
    { messages: turn(image('gif', 'image/png')) },
    'the image appears to be a image/gif image',
  ],
  [
    'a call without its result',
    { tools: [weather], messages: [question, { role: 'assistant', content: [used] }, question] },
    'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: one.',
  ],
  [
    'a result without its call',
    { tools: [weather], messages: turn({ type: 'tool_result', tool_use_id: 'one', content: 'Rain' }) },
    'messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: one.',
  ],
  ['no budget', { thinking: { type: 'enabled' } }, 'thinking.enabled.budget_tokens: Field required'],
  [
    'a budget that is too large',
    { thinking: { type: 'enabled', budget_tokens: 1024 } },
    '`max_tokens` must be greater than `thinking.budget_tokens`.',
  ],
  [
    'a temperature while the model thinks',
    { thinking: { type: 'adaptive' }, temperature: 0 },
    '`temperature` may only be set to 1',
  ],
])("%s is refused in Claude's words", async (_, more, message) => {
  const system = await startUnderTest();
  await expect(ask(system, more)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining(message),
  });
  expect(system.bedrock.billed).toEqual(nothing);
});

test('between tool calls a budget may be larger than an answer', async () => {
  const more = {
    anthropic_beta: ['interleaved-thinking-2025-05-14'],
    thinking: { type: 'enabled', budget_tokens: 1024 },
  };
  expect(await ask(await startUnderTest(), more)).toMatchObject({ stop_reason: 'end_turn' });
});
