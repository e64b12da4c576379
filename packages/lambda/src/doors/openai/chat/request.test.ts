import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChatCall } from '../../../call/call.ts';
import type { JsonObject } from '../../../json.ts';
import { ProxyError } from '../../../proxy-error.ts';
import { runs } from '../../../testing/fuzz.ts';
import { chatCompletionsDoor } from './chat.ts';

const hi = { role: 'user', content: 'Hi' };
const png = 'data:image/png;base64,iVBORw0KGgo=';

function asked(fields: JsonObject): ChatCall {
  const { call } = chatCompletionsDoor.parse({ model: 'llama', messages: [hi], ...fields }, () => undefined);
  if (typeof call === 'function' || call.kind !== 'chat') throw new Error('It is not a conversation.');
  return call;
}

function refusal(fields: JsonObject) {
  try {
    asked(fields);
  } catch (error) {
    if (error instanceof ProxyError) return error.statement;
    throw error;
  }
  throw new Error('It was accepted.');
}

const toolCall = (id: string, args = '{}') => ({
  id,
  type: 'function',
  function: { name: 'find', arguments: args },
});
const calling = (...calls: object[]): JsonObject =>
  JSON.parse(JSON.stringify({ role: 'assistant', tool_calls: calls }));
const result = (id: string, content = 'Found') => ({ role: 'tool', tool_call_id: id, content });
const find = { type: 'function', function: { name: 'find' } };

const turns = (messages: JsonObject[]) =>
  asked({ messages }).messages.map(({ role, blocks }) => [role, ...blocks.map(({ type }) => type)]);

test('two messages of one role become one turn', () => {
  expect(
    turns([hi, hi, { role: 'assistant', content: 'Ho' }, { role: 'assistant', content: 'Ho' }, hi]),
  ).toEqual([
    ['user', 'text', 'text'],
    ['assistant', 'text', 'text'],
    ['user', 'text'],
  ]);
});

test('results of tools come first in the one turn after their calls, even if other messages stand among them', () => {
  const messages = [
    hi,
    calling(toolCall('a'), toolCall('b')),
    result('b'),
    { role: 'system', content: 'Be brief.' },
    hi,
    result('a', ''),
  ];
  expect(turns(messages)).toEqual([
    ['user', 'text'],
    ['assistant', 'tool_use', 'tool_use'],
    ['user', 'tool_result', 'tool_result', 'text'],
  ]);
  expect(asked({ messages })).toMatchObject({
    system: [{ type: 'text', text: 'Be brief.' }],
    messages: [{}, {}, { blocks: [{ id: 'b' }, { id: 'a', content: [] }, {}] }],
  });
});

test('empty messages are left out, and the turns around them join', () => {
  const nothing = ['', ' \n', null, [], [{ type: 'text', text: '' }]];
  for (const content of nothing) {
    expect(turns([hi, { role: 'assistant', content }, hi])).toEqual([['user', 'text', 'text']]);
  }
  expect(asked({ messages: [{ role: 'system', content: '' }, hi] }).system).toBeUndefined();
});

test("a refusal is part of the assistant's words", () => {
  const refused = { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }], refusal: 'Never.' };
  expect(asked({ messages: [hi, refused, hi] }).messages[1]?.blocks).toEqual([
    { type: 'text', text: 'No.' },
    { type: 'text', text: 'Never.' },
  ]);
});

test.each([
  ['', {}],
  ['{"a":1}', { a: 1 }],
  ['{"a":', { arguments: '{"a":' }],
  ['[1]', { arguments: '[1]' }],
])('a call with %j for arguments has the input %j', (args, input) => {
  const { messages } = asked({ messages: [hi, calling(toolCall('a', args)), result('a')] });
  expect(messages[1]?.blocks).toMatchObject([{ type: 'tool_use', input }]);
});

test.each<[string, JsonObject[], RegExp]>([
  ['a call without its result', [hi, calling(toolCall('a')), hi], /a tool message for each/],
  ['a call at the end', [hi, calling(toolCall('a'))], /end with a user message/],
  ['a result without a call', [hi, result('a')], /only after the tool_calls/],
  [
    'a result of an earlier turn',
    [hi, calling(toolCall('a')), result('a'), { role: 'assistant', content: 'Ho' }, result('a')],
    /only after/,
  ],
  ['a result twice', [hi, calling(toolCall('a')), result('a'), result('a')], /only after/],
  ['no user', [{ role: 'system', content: 'Be brief.' }], /a user message first/],
  ['a greeting', [{ role: 'assistant', content: 'Hello' }, hi], /a user message first/],
  [
    'a file alone',
    [{ role: 'user', content: [{ type: 'file', file: { file_data: 'data:text/csv;base64,YQ==' } }] }],
    /a text beside each file/,
  ],
])('%s is refused', (_what, messages, message) => {
  expect(refusal({ messages })).toMatchObject({
    code: 'invalid_request',
    param: 'messages',
    message: expect.stringMatching(message),
  });
});

test.each([
  ['http://169.254.169.254/latest/meta-data', 'an address'],
  ['file:///etc/passwd', 'a path'],
  ['data:image/png,raw', 'no base64'],
  ['data:image/tiff;base64,AAAA', 'another format'],
  ['data:image/png;base64,%%%', 'other characters'],
  ['data:image/png;base64,', 'nothing'],
])('an image from %s is refused: it is %s', (url) => {
  const content = [{ type: 'image_url', image_url: { url } }];
  expect(refusal({ messages: [{ role: 'user', content }] })).toMatchObject({
    param: 'messages.0.content.0.image_url.url',
    message: expect.stringContaining('nothing is fetched'),
  });
});

test('an image may have parameters in its URL, and its format in any case', () => {
  for (const url of [png, png.replace('image/png', 'IMAGE/PNG;name=a.png')]) {
    const content = [{ type: 'image_url', image_url: { url } }];
    expect(asked({ messages: [{ role: 'user', content }] }).messages[0]?.blocks).toMatchObject([
      { type: 'image', format: 'png', bytes: Buffer.from('iVBORw0KGgo=', 'base64') },
    ]);
  }
});

test.each<[JsonObject, Partial<ChatCall>]>([
  [{ max_tokens: 5 }, { maxTokens: 5 }],
  [{ max_tokens: 5, max_completion_tokens: 7 }, { maxTokens: 7 }],
  [{ top_p: 1 }, { topP: undefined }],
  [{ top_p: 0.5 }, { topP: 0.5 }],
  [{ stop: 'a' }, { stop: ['a'] }],
  [{ stop: ['', 'a'] }, { stop: ['a'] }],
  [{ stop: '' }, { stop: undefined }],
  [{ reasoning_effort: 'none' }, { reasoning: 'off' }],
  [{ reasoning_effort: 'xhigh' }, { reasoning: 'xhigh' }],
  [{ service_tier: 'default' }, { serviceTier: undefined }],
  [{ service_tier: 'fast' }, { serviceTier: 'priority' }],
  [{ response_format: { type: 'text' } }, { outputSchema: undefined }],
  [
    {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'a', strict: true, schema: { type: 'object' } },
      },
    },
    { outputSchema: { type: 'object' } },
  ],
  [{ tools: [] }, { tools: undefined, toolChoice: undefined }],
  [
    { tools: [], tool_choice: 'auto' },
    { tools: undefined, toolChoice: undefined },
  ],
  [
    { tools: [find] },
    { tools: [{ type: 'tool', name: 'find', description: undefined, inputSchema: { type: 'object' } }] },
  ],
  [{ tools: [find], tool_choice: find }, { toolChoice: { name: 'find' } }],
  [
    {
      tools: [
        {
          type: 'function',
          function: { name: 'find', description: ' ', strict: true, parameters: { properties: {} } },
        },
      ],
    },
    {
      tools: [
        {
          type: 'tool',
          name: 'find',
          description: undefined,
          inputSchema: { properties: {}, type: 'object' },
        },
      ],
    },
  ],
])('%j asks for %j', (fields, call) => {
  expect({ tools: undefined, toolChoice: undefined, ...asked(fields) }).toMatchObject(call);
});

test.each<[JsonObject, string]>([
  [{ temperature: 1.01 }, 'temperature'],
  [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
  [{ tools: [find, find] }, 'tools'],
  [{ tools: [{ type: 'function', function: { name: 'a b' } }] }, 'tools.0.function.name'],
  [
    { tools: [{ type: 'function', function: { name: 'a', parameters: { type: 'string' } } }] },
    'tools.0.function.parameters',
  ],
  [{ tools: [find], tool_choice: { type: 'custom', custom: { name: 'find' } } }, 'tool_choice.type'],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'a' } } },
    'response_format.json_schema.schema',
  ],
  [
    { response_format: { type: 'json_schema', json_schema: { schema: { type: 'string' } } } },
    'response_format.json_schema.schema',
  ],
  [{ reasoning_effort: 'extreme' }, 'reasoning_effort'],
  [{ service_tier: 'scale' }, 'service_tier'],
  [{ messages: [hi, { role: 'assistant', function_call: { name: 'a' } }] }, 'messages.1.function_call'],
  [{ messages: [hi, { role: 'function', name: 'a', content: 'x' }] }, 'messages.1.role'],
  [{ top_k: 5 }, 'top_k'],
  [{ maxTokens: 5 }, 'maxTokens'],
])('%j is refused by the name %s', (fields, param) => {
  expect(refusal(fields)).toMatchObject({ param, message: expect.stringContaining(param) });
});

const texts = fc.constantFrom('', ' ', 'Hi', 'é\0');
const ids = fc.constantFrom('a', 'b', 'functions.find:0', 'x y', '', 'x'.repeat(100));
const messages = fc.array(
  fc.oneof(
    fc.record({ role: fc.constantFrom('user', 'system', 'developer', 'assistant'), content: texts }),
    fc.record({ role: fc.constant('tool'), tool_call_id: ids, content: texts }),
    fc.record({
      role: fc.constant('assistant'),
      content: fc.option(texts),
      tool_calls: fc.array(
        ids.map((id) => toolCall(id)),
        { maxLength: 3 },
      ),
    }),
    // What a well-behaved client sends.
    fc.constant(hi),
  ),
  { maxLength: 8 },
);

test('any conversation is refused or becomes one that Converse accepts', () => {
  fc.assert(
    fc.property(messages, (said) => {
      let call: ChatCall;
      try {
        call = asked({ messages: JSON.parse(JSON.stringify(said)) });
      } catch (error) {
        expect(error).toMatchObject({ statement: { code: 'invalid_request' } });
        return;
      }
      const roles = call.messages.map(({ role }) => role);
      expect(roles).toEqual(roles.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')));
      expect(roles.at(-1)).toBe('user');
      const seen = new Set<string>();
      call.messages.forEach(({ blocks }, index) => {
        expect(blocks.length).toBeGreaterThan(0);
        const before = call.messages[index - 1]?.blocks ?? [];
        const called = before.flatMap((block) => (block.type === 'tool_use' ? block.id : []));
        const answered = blocks.flatMap((block) => (block.type === 'tool_result' ? block.id : []));
        expect(answered.toSorted()).toEqual(called.toSorted());
        expect(blocks.findLastIndex(({ type }) => type === 'tool_result')).toBe(answered.length - 1);
        for (const block of blocks) {
          if (block.type === 'text') expect(block.text).toMatch(/\S/);
          if (block.type !== 'tool_use') continue;
          expect(block.id).toMatch(/^[\w.:-]{1,64}$/);
          expect(seen.has(block.id)).toBe(false);
          seen.add(block.id);
        }
      });
    }),
    runs(2000),
  );
});
