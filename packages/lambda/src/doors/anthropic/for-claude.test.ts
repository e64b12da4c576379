import { catalogue, type ModelDefinition } from '@org/models';
import { expect, test } from 'vitest';
import { callFor } from '../../call/call.ts';
import type { ChosenModel } from '../../config.ts';
import type { JsonObject } from '../../json.ts';
import { ProxyError } from '../../proxy-error.ts';
import { messagesDoor } from './anthropic.ts';

type Alias = keyof typeof catalogue;

const modelOf = (alias: Alias, more: Partial<ModelDefinition> = {}): ChosenModel => ({
  alias,
  modelId: 'id',
  definition: { ...catalogue[alias], ...more } as ModelDefinition,
  price: undefined,
});

/** The body that Bedrock gets of a request. */
function sent(alias: Alias, fields: JsonObject, { betas = '' } = {}): JsonObject {
  const body = { model: alias, max_tokens: 8000, messages: [user('Hi')], ...fields };
  const asked = messagesDoor.parse(body, (name) => (name === 'anthropic-beta' ? betas : undefined));
  const call = callFor(asked, modelOf(alias));
  if (call.kind !== 'messages') throw new TypeError('It was translated');
  return call.body;
}

function refusal(alias: Alias, fields: JsonObject) {
  try {
    sent(alias, fields);
  } catch (error) {
    if (error instanceof ProxyError) return error.statement;
    throw error;
  }
  throw new Error('It was accepted.');
}

const user = (content: string | JsonObject[]) => ({ role: 'user', content });
const text = (words: string, more: JsonObject = {}) => ({ type: 'text', text: words, ...more });

test('a body that Bedrock takes as it is goes out as it is, without model and stream', () => {
  const fields = {
    system: 'Be brief.',
    messages: [user([text('Hi', { cache_control: { type: 'ephemeral', ttl: '1h' } })])],
    tools: [{ name: 'find', description: 'Finds.', input_schema: { type: 'object' } }],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    ...{ temperature: 0.5, top_k: 5, stop_sequences: ['.'] },
    thinking: { type: 'adaptive' },
  };
  expect(sent('claude-sonnet-4.6', { ...fields, stream: true })).toEqual({ max_tokens: 8000, ...fields });
});

test.each<[what: string, fields: JsonObject]>([
  ['who asks', { metadata: { user_id: '{"device_id":"a"}' } }],
  [
    'what would be cleared',
    { context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] } },
  ],
  ['the usual tier', { service_tier: 'auto' }],
  ['no servers', { mcp_servers: [] }],
  ['the usual speed', { speed: 'standard' }],
  ['no container', { container: null }],
])('%s is left out', (_what, fields) => {
  expect(sent('claude-opus-5', fields)).toEqual({ max_tokens: 8000, messages: [user('Hi')] });
});

test.each<[fields: JsonObject, param: string]>([
  [{ service_tier: 'priority' }, 'service_tier'],
  [{ speed: 'fast' }, 'speed'],
  [{ mcp_servers: [{ type: 'url', url: 'https://example.com', name: 'a' }] }, 'mcp_servers'],
  [{ container: 'container_1' }, 'container'],
  [{ inference_geo: 'us' }, 'inference_geo'],
  [{ temprature: 1 }, 'temprature'],
  [{ max_tokens: 0 }, 'max_tokens'],
  [{ messages: [] }, 'messages'],
  [{ stream: 'yes' }, 'stream'],
])('%j is refused by name', (fields, param) => {
  expect(refusal('claude-opus-5', fields)).toMatchObject({ param });
});

test.each<[place: string, content: JsonObject[]]>([
  ['messages.0.content.0.source', [{ type: 'image', source: { type: 'url', url: 'https://example.com/a' } }]],
  ['messages.0.content.0.source', [{ type: 'document', source: { type: 'file', file_id: 'file_1' } }]],
  [
    'messages.0.content.0.content.0.source',
    [
      {
        type: 'tool_result',
        tool_use_id: 'a',
        content: [{ type: 'image', source: { type: 'url', url: 'x' } }],
      },
    ],
  ],
  [
    'messages.0.content.0.source.content.0.source',
    [
      {
        type: 'document',
        source: { type: 'content', content: [{ type: 'image', source: { type: 'url', url: 'x' } }] },
      },
    ],
  ],
])('at %s, content that would have to be fetched is refused', (param, content) => {
  expect(refusal('claude-opus-5', { messages: [user(content)] })).toMatchObject({
    code: 'invalid_request',
    param,
    message: expect.stringContaining('fetches nothing'),
  });
});

test("a tool's input is data, even if it looks like an image by its address", () => {
  const input = { content: [{ source: { type: 'url', url: 'https://example.com' } }] };
  const messages = [
    user('Hi'),
    { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'find', input }] },
    user([{ type: 'tool_result', tool_use_id: 'a' }]),
  ];
  expect(sent('claude-opus-5', { messages })).toMatchObject({ messages });
});

test.each<[alias: Alias, asked: string, taken: string[] | undefined]>([
  [
    'claude-sonnet-4.6',
    'context-1m-2025-08-07,interleaved-thinking-2025-05-14',
    ['context-1m-2025-08-07', 'interleaved-thinking-2025-05-14'],
  ],
  ['claude-haiku-4.5', 'context-1m-2025-08-07', undefined],
  [
    'claude-opus-5',
    'claude-code-20250219, Interleaved-Thinking-2025-05-14',
    ['interleaved-thinking-2025-05-14'],
  ],
  ['claude-opus-5', 'prompt-caching-scope-2026-01-05,mcp-client-2025-11-20,files-api-2025-04-14', undefined],
  ['claude-opus-5', 'context-management-2025-06-27,compact-2026-01-12,fast-mode-2026-02-01', undefined],
  ['claude-opus-5', 'constructor,toString,', undefined],
])('for %s, only the betas of %s that Bedrock knows are sent', (alias, betas, taken) => {
  expect(sent(alias, {}, { betas })['anthropic_beta']).toEqual(taken);
});

test('betas may be in the body too, each is sent once', () => {
  const beta = 'interleaved-thinking-2025-05-14';
  expect(sent('claude-opus-5', { anthropic_beta: [beta], betas: [beta] }, { betas: beta })).toMatchObject({
    anthropic_beta: [beta],
  });
});

test.each<[alias: Alias, thinking: JsonObject, effort: string | undefined, sentOn: JsonObject]>([
  [
    'claude-opus-5',
    { type: 'adaptive' },
    'max',
    { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
  ],
  [
    'claude-sonnet-5',
    { type: 'adaptive' },
    'xhigh',
    { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
  ],
  [
    'claude-sonnet-5',
    { type: 'enabled', budget_tokens: 2000 },
    undefined,
    { thinking: { type: 'adaptive' } },
  ],
  [
    'claude-sonnet-4.6',
    { type: 'enabled', budget_tokens: 2000 },
    undefined,
    { thinking: { type: 'enabled', budget_tokens: 2000 } },
  ],
  [
    'claude-haiku-4.5',
    { type: 'enabled', budget_tokens: 2000 },
    'low',
    { thinking: { type: 'enabled', budget_tokens: 2000 } },
  ],
  [
    'claude-haiku-4.5',
    { type: 'adaptive' },
    'medium',
    { thinking: { type: 'enabled', budget_tokens: 4000 } },
  ],
  [
    'claude-haiku-4.5',
    { type: 'adaptive', display: 'omitted' },
    'max',
    { thinking: { type: 'enabled', budget_tokens: 4000, display: 'omitted' } },
  ],
  ['claude-sonnet-5.5', { type: 'disabled' }, undefined, { thinking: { type: 'disabled' } }],
])('%s is asked to think in its own form: %j, effort %s', (alias, thinking, effort, sentOn) => {
  const config = effort === undefined ? {} : { output_config: { effort } };
  const { messages: _, max_tokens: __, ...rest } = sent(alias, { thinking, ...config });
  expect(rest).toEqual(sentOn);
});

test('a model with a thinking budget does not think if there is no room for it', () => {
  expect(sent('claude-haiku-4.5', { max_tokens: 1024, thinking: { type: 'adaptive' } })).toEqual({
    max_tokens: 1024,
    messages: [user('Hi')],
  });
});

const format = { type: 'json_schema', schema: { type: 'object', properties: {} } };

test('an answer is held to a schema by the models that can be, under either name', () => {
  expect(sent('claude-sonnet-4.6', { output_format: format })).toMatchObject({ output_config: { format } });
  expect(sent('claude-haiku-4.5', { output_config: { format } })).toMatchObject({
    output_config: { format },
  });
  expect(refusal('claude-opus-5', { output_config: { format } })).toMatchObject({ param: 'output_config' });
});

test("other output settings go to the model, except a task's token budget", () => {
  expect(sent('claude-opus-5', { output_config: { new_field: 1, task_budget: { total: 5 } } })).toMatchObject(
    {
      output_config: { new_field: 1 },
    },
  );
  expect(sent('claude-opus-5', { output_config: 'high' })).toMatchObject({ output_config: 'high' });
});

test('a cache keeps only its duration, if the model supports it', () => {
  const cache_control = { type: 'ephemeral', ttl: '1h', scope: 'global' };
  const fields = {
    system: [text('Be brief.', { cache_control })],
    messages: [
      user([
        { type: 'tool_result', tool_use_id: 'a', content: [text('b', { cache_control })], cache_control },
      ]),
    ],
    tools: [{ name: 'find', input_schema: { type: 'object' }, cache_control }],
  };
  const written = JSON.stringify(sent('claude-opus-5', fields));
  expect(written.match(/"cache_control":\{"type":"ephemeral","ttl":"1h"\}/g)).toHaveLength(4);
  expect(written).not.toContain('scope');
});

test('a model without a cache is not asked to keep anything, and one that forgets sooner for as long as it can', () => {
  const cache_control = { type: 'ephemeral', ttl: '1h' };
  const body = { model: 'a', max_tokens: 5, messages: [user([text('Hi', { cache_control })])] };
  const asked = messagesDoor.parse(body, () => undefined);
  const points = { ttls: ['5m' as const], minimumTokens: 1, most: 4, parts: ['messages' as const] };
  expect(callFor(asked, modelOf('claude-opus-5', { cache: undefined }))).toMatchObject({
    body: { messages: [user([text('Hi')])] },
  });
  expect(callFor(asked, modelOf('claude-opus-5', { cache: { implicit: false, points } }))).toMatchObject({
    body: { messages: [user([text('Hi', { cache_control: { type: 'ephemeral' } })])] },
  });
});

test('a whole request is cached at its last block', () => {
  const cache_control = { type: 'ephemeral' };
  expect(sent('claude-opus-5', { cache_control })).toEqual({
    max_tokens: 8000,
    messages: [user([text('Hi', { cache_control })])],
  });
});

test('hints on how to load and stream a tool are left out, or are a beta', () => {
  const tool = { name: 'find', input_schema: { type: 'object' } };
  const hints = {
    ...{ eager_input_streaming: true, defer_loading: true, custom: { defer_loading: true } },
    ...{ type: null, allowed_callers: ['direct'], strict: false },
  };
  expect(sent('claude-opus-5', { tools: [{ ...tool, ...hints }] })).toMatchObject({
    tools: [tool],
    anthropic_beta: ['fine-grained-tool-streaming-2025-05-14'],
  });
});

test('a tool is held to its schema by the models that can be', () => {
  const tools = [{ name: 'find', input_schema: { type: 'object' }, strict: true }];
  expect(sent('claude-sonnet-4.6', { tools })).toMatchObject({ tools });
  expect(refusal('claude-opus-5', { tools })).toMatchObject({ param: 'tools' });
});

test("a tool's caller is not repeated", () => {
  const used = { type: 'tool_use', id: 'a', name: 'find', input: {} };
  const messages = [user('Hi'), { role: 'assistant', content: [{ ...used, caller: { type: 'direct' } }] }];
  expect(sent('claude-opus-5', { messages })).toMatchObject({
    messages: [user('Hi'), { role: 'assistant', content: [used] }],
  });
});

test('instructions between turns go to the front if the model reads none there', () => {
  const messages = [user('Hi'), { role: 'system', content: 'Be kind.' }];
  expect(sent('claude-opus-5', { system: 'Be brief.', messages })).toMatchObject({
    system: 'Be brief.',
    messages,
  });
  expect(sent('claude-haiku-4.5', { system: 'Be brief.', messages })).toMatchObject({
    system: [text('Be brief.'), text('Be kind.')],
    messages: [user('Hi')],
  });
});

test("Bedrock receives the parts of Claude Code's request that it accepts", () => {
  const reminder = text('<system-reminder>\nAgents.');
  const cache_control = { type: 'ephemeral' };
  const fields = {
    messages: [
      user([reminder, text('say hi', { cache_control: { ...cache_control, scope: 'global' } })]),
      { role: 'system', content: 'Available agent types.' },
    ],
    system: [
      text('x-anthropic-billing-header: cc_version=2.1.197.123; cc_entrypoint=sdk-cli;'),
      text("You are a Claude agent, built on Anthropic's Claude Agent SDK.", { cache_control }),
    ],
    tools: [{ name: 'Bash', description: 'Runs a command.', input_schema: { type: 'object' } }],
    metadata: { user_id: '{"device_id":"b34c","account_uuid":"","session_id":"93cc"}' },
    max_tokens: 32_000,
    thinking: { type: 'adaptive' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    output_config: { effort: 'high' },
    stream: true,
  };
  const betas = [
    ...['claude-code-20250219', 'interleaved-thinking-2025-05-14', 'thinking-token-count-2026-05-13'],
    ...['context-management-2025-06-27', 'prompt-caching-scope-2026-01-05'],
    ...['mid-conversation-system-2026-04-07', 'effort-2025-11-24'],
  ].join();
  const { metadata: _, context_management: __, stream: ___, ...kept } = fields;
  const asked = user([reminder, text('say hi', { cache_control })]);
  expect(sent('claude-opus-5.5', fields, { betas })).toEqual({
    ...kept,
    messages: [asked, fields.messages[1]],
    anthropic_beta: ['interleaved-thinking-2025-05-14'],
  });
  expect(sent('claude-haiku-4.5', fields, { betas })).toEqual({
    ...{ max_tokens: 32_000, tools: fields.tools, messages: [asked] },
    system: [...fields.system, text('Available agent types.')],
    thinking: { type: 'enabled', budget_tokens: 16_000 },
    anthropic_beta: ['interleaved-thinking-2025-05-14'],
  });
});
