import { catalogue, type ModelDefinition } from '@org/models';
import { expect, test } from 'vitest';
import { type ChatCall, callFor } from '../../call/call.ts';
import type { ChosenModel } from '../../config.ts';
import type { JsonObject } from '../../json.ts';
import { ProxyError } from '../../proxy-error.ts';
import { messagesDoor } from './anthropic.ts';

type Alias = keyof typeof catalogue;

function translated(fields: JsonObject, alias: Alias = 'nova-2-lite'): ChatCall {
  const definition: ModelDefinition = catalogue[alias];
  const model: ChosenModel = { alias, modelId: 'id', definition, price: undefined };
  const body = { model: alias, max_tokens: 500, messages: [user('Hi')], ...fields };
  const call = callFor(
    messagesDoor.parse(body, () => undefined),
    model,
  );
  if (call.kind !== 'chat') throw new TypeError('It was not translated');
  return call;
}

function refusal(fields: JsonObject, alias?: Alias) {
  try {
    translated(fields, alias);
  } catch (error) {
    if (error instanceof ProxyError) return error.statement;
    throw error;
  }
  throw new Error('It was accepted.');
}

const user = (content: string | JsonObject[]) => ({ role: 'user', content });
const assistant = (content: string | JsonObject[]) => ({ role: 'assistant', content });
const text = (words: string, more: JsonObject = {}) => ({ type: 'text', text: words, ...more });
const used = { type: 'tool_use', id: 'a', name: 'find', input: { city: 'Lima' } };
const find = { name: 'find', description: '', input_schema: { type: 'object' } };
const bytes = Buffer.from('bytes');
const data = bytes.toString('base64');

test('a question is one of the middle', () => {
  const fields = { system: 'Be brief.', temperature: 0.5, top_p: 0.9, stop_sequences: ['.'], stream: true };
  expect(translated({ ...fields, metadata: { user_id: 'a' } })).toEqual({
    kind: 'chat',
    messages: [{ role: 'user', blocks: [text('Hi')] }],
    system: [text('Be brief.')],
    ...{ maxTokens: 500, temperature: 0.5, topP: 0.9, stop: ['.'] },
  });
});

test.each([[[]], ['']])(
  'an answer that says nothing (%j) is taken back: the turns around it are one',
  (said) => {
    const messages = [user('Hi'), assistant(said), user('Hello?')];
    expect(translated({ messages }).messages).toEqual([
      { role: 'user', blocks: [text('Hi'), text('Hello?')] },
    ]);
  },
);

test('a run of a tool is repeated, its failure and its media too', () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data } };
  const messages = [
    user('Weather?'),
    assistant([text('Let me see.'), { ...used, caller: { type: 'direct' } }]),
    user([
      { type: 'tool_result', tool_use_id: 'a', content: [text('Rain.'), image], is_error: true },
      { type: 'tool_result', tool_use_id: 'b', content: '' },
      text('Well?'),
    ]),
  ];
  expect(translated({ messages, tools: [find], tool_choice: { type: 'any' } })).toMatchObject({
    messages: [
      {},
      { role: 'assistant', blocks: [text('Let me see.'), used] },
      {
        role: 'user',
        blocks: [
          {
            type: 'tool_result',
            id: 'a',
            content: [text('Rain.'), { type: 'image', format: 'jpeg', bytes }],
            isError: true,
          },
          { type: 'tool_result', id: 'b', content: [] },
          text('Well?'),
        ],
      },
    ],
    tools: [{ type: 'tool', name: 'find', inputSchema: { type: 'object' } }],
    toolChoice: 'required',
  });
});

test.each<[JsonObject, ChatCall['toolChoice']]>([
  [{ type: 'auto', disable_parallel_tool_use: true }, 'auto'],
  [{ type: 'tool', name: 'find' }, { name: 'find' }],
  [{ type: 'none' }, 'none'],
])('the choice of a tool %j is %j', (tool_choice, toolChoice) => {
  expect(translated({ tools: [find], tool_choice }).toolChoice).toEqual(toolChoice);
});

test("documents have neutral names, and the caller's words about them stand before them", () => {
  const pdf = { type: 'base64', media_type: 'application/pdf', data };
  const plain = { type: 'text', media_type: 'text/plain', data: 'Notes.' };
  const blocks = [
    { type: 'document', source: pdf, title: 'A/B: "report"', context: 'Of last year.' },
    { type: 'document', source: plain },
    { type: 'document', source: { type: 'content', content: [text('One.'), text('Two.')] } },
  ];
  expect(translated({ messages: [user(blocks)] }).messages[0]?.blocks).toEqual([
    text('document-1:\nA/B: "report"\nOf last year.'),
    { type: 'document', format: 'pdf', name: 'document-1', bytes },
    text('document-2:'),
    { type: 'document', format: 'txt', name: 'document-2', bytes: Buffer.from('Notes.') },
    text('document-3:'),
    { type: 'document', format: 'txt', name: 'document-3', bytes: Buffer.from('One.\nTwo.') },
  ]);
});

test('a result of a search is text', () => {
  const found = {
    type: 'search_result',
    source: 'https://example.com',
    title: 'News',
    content: [text('Rain.')],
  };
  expect(translated({ messages: [user([found, text('Well?')])] }).messages[0]?.blocks).toEqual([
    text('News\nhttps://example.com\nRain.'),
    text('Well?'),
  ]);
});

test('thoughts come back, signed or not', () => {
  const messages = [
    user('Hi'),
    assistant([
      { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
      { type: 'thinking', thinking: 'Ah.', signature: '' },
      { type: 'redacted_thinking', data },
      text('Ho'),
    ]),
    user('Why?'),
  ];
  expect(translated({ messages }).messages[1]?.blocks).toEqual([
    { type: 'reasoning', text: 'Hm.', signature: 'c2ln' },
    { type: 'reasoning', text: 'Ah.' },
    { type: 'redacted_reasoning', bytes },
    text('Ho'),
  ]);
});

test("cache points stand at the model's supported places, with its supported durations", () => {
  const cache_control = { type: 'ephemeral', ttl: '1h', scope: 'global' };
  const fields = {
    system: [text('Be brief.', { cache_control })],
    messages: [user([text('Hi', { cache_control })])],
    tools: [{ ...find, cache_control }],
  };
  expect(translated(fields)).toMatchObject({
    system: [text('Be brief.'), { type: 'cache_point' }],
    messages: [{ blocks: [text('Hi'), { type: 'cache_point' }] }],
    tools: [{ name: 'find' }],
  });
  expect(JSON.stringify(translated(fields, 'llama'))).not.toContain('cache');
  expect(translated({ cache_control }).cache).toBe('5m');
  expect(translated({ cache_control }, 'llama').cache).toBeUndefined();
});

test('turns of one role in a row are one, and instructions between them go to the front', () => {
  const messages = [
    user('a'),
    { role: 'system', content: 'Be kind.' },
    user([text('b'), text(' ')]),
    assistant('c'),
    user('d'),
  ];
  expect(translated({ system: [text('Be brief.')], messages })).toMatchObject({
    system: [text('Be brief.'), text('Be kind.')],
    messages: [
      { role: 'user', blocks: [text('a'), text('b')] },
      { role: 'assistant', blocks: [text('c')] },
      { role: 'user', blocks: [text('d')] },
    ],
  });
});

test.each<[alias: Alias, fields: JsonObject, effort: ChatCall['reasoning']]>([
  ['nova-2-lite', {}, undefined],
  ['nova-2-lite', { thinking: { type: 'disabled' } }, 'off'],
  ['nova-2-lite', { thinking: { type: 'enabled', budget_tokens: 1024 } }, 'low'],
  ['nova-2-lite', { thinking: { type: 'enabled', budget_tokens: 4096 } }, 'medium'],
  ['nova-2-lite', { thinking: { type: 'adaptive' } }, 'medium'],
  ['nova-2-lite', { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, 'low'],
  ['nova-2-lite', { output_config: { effort: 'low' } }, undefined],
  ['gpt-oss-120b', { output_config: { effort: 'max' } }, 'high'],
  ['gpt-oss-120b', { thinking: { type: 'disabled' } }, 'low'],
  ['llama', { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }, undefined],
  ['llama', { thinking: { type: 'enabled', budget_tokens: 1024 } }, 'low'],
])('%s is asked to think by %j: %s', (alias, fields, effort) => {
  expect(translated(fields, alias).reasoning).toBe(effort);
});

test('a schema of the answer is one under either name', () => {
  const schema = { type: 'object', properties: {} };
  const format = { type: 'json_schema', schema };
  expect(translated({ output_config: { format } }).outputSchema).toEqual(schema);
  expect(translated({ output_format: format }).outputSchema).toEqual(schema);
});

test.each<[fields: JsonObject, param: string]>([
  [{ top_k: 5 }, 'top_k'],
  [{ tools: [{ ...find, strict: true }] }, 'tools'],
  [{ tools: [{ type: 'bash_20250124', name: 'bash' }] }, 'tools.0.type'],
  [{ tools: [{ name: 'a b', input_schema: { type: 'object' } }] }, 'tools.0.name'],
  [{ messages: [assistant('Hi')] }, 'messages'],
  [{ messages: [user('Hi'), assistant('{')] }, 'messages'],
  [{ messages: [user('')] }, 'messages'],
  [{ messages: [user([{ type: 'server_tool_use', id: 'a' }])] }, 'messages.0.content.0.type'],
  [
    { messages: [user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'é' } }])] },
    'messages.0.content.0.source.data',
  ],
  [
    {
      messages: [
        user([
          { type: 'document', source: { type: 'text', data: 'a' }, citations: { enabled: true } },
          text('Quote it.'),
        ]),
      ],
    },
    'messages',
  ],
  [{ temperature: 2 }, 'temperature'],
  [{ stop_sequences: [' '] }, 'stop_sequences.0'],
  [{ output_config: { format: { type: 'text' } } }, 'output_config.format.type'],
])('%j is refused by name', (fields, param) => {
  expect(refusal(fields)).toMatchObject({ param });
});
