import { type CatalogueAlias, catalogue } from '@org/models';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callerOf } from '../config.ts';
import type { Block, ChatCall, Message } from './call.ts';
import { refuseUnsupported } from './choose.ts';
import { prepare } from './prepare.ts';

const caller = callerOf({ keyId: 'key', team: 'acme', plan: 'all' }, { models: Object.keys(catalogue) });

const modelOf = (alias: CatalogueAlias) => ({
  alias,
  modelId: 'id',
  definition: catalogue[alias],
  price: undefined,
});

/** The call as the model gets it. */
function prepared(alias: CatalogueAlias, call: Omit<ChatCall, 'kind'>) {
  const { call: given } = prepare({ kind: 'chat', ...call }, modelOf(alias), caller);
  if (given.kind !== 'chat') throw new Error('It is not a conversation.');
  return given;
}

const refusal = (alias: CatalogueAlias, call: Partial<ChatCall>) => () => {
  const asked: ChatCall = { kind: 'chat', messages: [user(text('Hi'))], ...call };
  refuseUnsupported(asked, modelOf(alias), { whole: true });
  prepare(asked, modelOf(alias), caller);
};

const text = (words: string): Block => ({ type: 'text', text: words });
const user = (...blocks: Block[]): Message => ({ role: 'user', blocks });
const assistant = (...blocks: Block[]): Message => ({ role: 'assistant', blocks });
const point: Block = { type: 'cache_point', ttl: '5m' };
const find = { type: 'tool', name: 'find', inputSchema: { type: 'object' } } as const;

const withTools: Message[] = [
  user(text('Where is it?')),
  assistant(text('Let me look.'), { type: 'tool_use', id: 'a', name: 'find', input: { what: 'it' } }),
  user({
    type: 'tool_result',
    id: 'a',
    content: [
      { type: 'json', json: { at: 'home' } },
      { type: 'text', text: '' },
    ],
  }),
];

test('a model that may call no tool reads the calls and results of earlier turns as text', () => {
  const read = [
    user(text('Where is it?')),
    assistant(text('Let me look.'), text('[Called find with {"what":"it"}]')),
    user(text('[find returned:]'), text('{"at":"home"}')),
  ];
  expect(prepared('nova-lite', { messages: withTools })).toMatchObject({ messages: read, tools: undefined });
  const forbidden = prepared('nova-lite', { messages: withTools, tools: [find], toolChoice: 'none' });
  expect(forbidden).toMatchObject({ messages: read, tools: undefined, toolChoice: undefined });
  const failing = [
    ...withTools.slice(0, 2),
    user({ type: 'tool_result', id: 'a', content: [], isError: true }),
  ];
  expect(prepared('nova-lite', { messages: failing }).messages.at(-1)).toEqual(user(text('[find failed:]')));
  expect(prepared('nova-lite', { messages: withTools, tools: [find] }).messages).toEqual(withTools);
});

test('thoughts go back, signed, to a model that takes them; another does not see them', () => {
  const signed: Block = { type: 'reasoning', text: 'Hm.', signature: 's' };
  const unsigned: Block = { type: 'reasoning', text: 'Hm.' };
  const hidden: Block = { type: 'redacted_reasoning', bytes: Buffer.from('x') };
  const messages = [user(text('a')), assistant(signed, unsigned, hidden, text('b')), user(text('c'))];
  expect(prepared('claude-sonnet-4.6', { messages }).messages[1]?.blocks).toEqual([
    ...[signed, hidden, text('b')],
  ]);
  expect(prepared('gpt-oss-20b', { messages }).messages[1]?.blocks).toEqual([text('b')]);
});

test('thoughts do not go back if the tools before them are no longer offered', () => {
  const signed: Block = { type: 'reasoning', text: 'Hm.', signature: 's' };
  const hidden: Block = { type: 'redacted_reasoning', bytes: Buffer.from('x') };
  const [asked, called, ...results] = withTools;
  const messages = [
    ...(asked ? [asked] : []),
    assistant(signed, ...(called?.blocks ?? [])),
    ...results,
    assistant(hidden),
    user(text('And?')),
  ];
  const read = [
    user(text('Where is it?')),
    assistant(text('Let me look.'), text('[Called find with {"what":"it"}]')),
    user(text('[find returned:]'), text('{"at":"home"}'), text('And?')),
  ];
  expect(prepared('claude-opus-5', { messages }).messages).toEqual(read);
  expect(prepared('claude-opus-5', { messages, tools: [find], toolChoice: 'none' }).messages).toEqual(read);
  expect(prepared('claude-opus-5', { messages, tools: [find] }).messages).toEqual(messages);
});

test('a turn with only thoughts that the model does not take is removed, and the turns around it become one', () => {
  const messages = [user(text('a')), assistant({ type: 'reasoning', text: 'Hm.' }), user(text('b'))];
  expect(prepared('gpt-oss-20b', { messages }).messages).toEqual([user(text('a'), text('b'))]);
});

test('a cache is asked for after tools, instructions and the last turn, if the model takes a point there', () => {
  const call = {
    messages: [user(text('a')), assistant(text('b')), user(text('c'))],
    system: [{ type: 'text', text: 'Be brief.' }],
    tools: [find],
    cache: '5m',
  } as const;
  const everywhere = {
    tools: [find, point],
    system: [text('Be brief.'), point],
    messages: [user(text('a')), assistant(text('b')), user(text('c'), point)],
  };
  expect(prepared('claude-sonnet-4.6', call)).toMatchObject(everywhere);
  expect(prepared('nova-lite', call)).toMatchObject({ ...everywhere, tools: [find] });
  expect(prepared('nova-lite', { messages: call.messages, cache: '5m' }).system).toBeUndefined();
});

test.each<[alias: CatalogueAlias, call: Partial<ChatCall>, param: string, message: RegExp]>([
  ['nova-lite', { cache: '1h' }, 'cache', /does not support a cache of 1h/],
  ['nova-lite', { tools: [find, { type: 'cache_point' }] }, 'tools', /a cache point in tools/],
  ['qwen3-32b', { cache: '5m' }, 'cache', /does not support cache\./],
  ['claude-haiku-4.5', { messages: [user(text('a'), ...Array(5).fill(point))] }, 'messages', /at most 4/],
  ['claude-haiku-4.5', { reasoning: 'low', maxTokens: 1024 }, 'maxTokens', /more than 1024/],
  [
    'nova-lite',
    { messages: [user({ type: 'tool_result', id: 'b', content: [] })] },
    'messages',
    /tool result/,
  ],
  ['claude-haiku-4.5', { reasoning: 'max' }, 'reasoning', /Choose one of: off, low, medium, high/],
  [
    'claude-haiku-4.5',
    { reasoning: 'low', temperature: 1 },
    'temperature',
    /Leave temperature out, or set reasoning to off/,
  ],
  [
    'claude-opus-5',
    { tools: [find], toolChoice: 'required' },
    'toolChoice',
    /Leave toolChoice out, or set reasoning to off/,
  ],
  ['nova-lite', { reasoning: 'low' }, 'reasoning', /does not support reasoning/],
])('%s refuses %j by name', (alias, call, param, message) => {
  expect(refusal(alias, call)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(message),
      statement: expect.objectContaining({ param }),
    }),
  );
});

test('a model can be made to call a tool if its thinking is off, or if it does not think at all', () => {
  const forced = { tools: [find], toolChoice: 'required', reasoning: 'off' } as const;
  expect(refusal('claude-opus-5', forced)).not.toThrow();
  expect(refusal('nova-lite', forced)).not.toThrow();
});

test.each<[alias: CatalogueAlias, call: Partial<ChatCall>, maxTokens: number]>([
  ['nova-lite', {}, 1024],
  ['claude-haiku-4.5', {}, 1024],
  ['claude-haiku-4.5', { reasoning: 'low' }, 8192],
  ['claude-opus-5', {}, 8192],
  ['claude-opus-5', { reasoning: 'off' }, 1024],
  ['claude-opus-5', { maxTokens: 100 }, 100],
])('%s with %j has so many output tokens: %i', (alias, call, maxTokens) => {
  expect(prepared(alias, { messages: [user(text('Hi'))], ...call }).maxTokens).toBe(maxTokens);
});

test('each family is asked to think in its own words', () => {
  const extra = (alias: CatalogueAlias, reasoning: ChatCall['reasoning']) =>
    prepared(alias, { messages: [user(text('Hi'))], reasoning, maxTokens: 3000 }).extra;
  expect(extra('claude-haiku-4.5', 'low')).toEqual({ thinking: { type: 'enabled', budget_tokens: 1024 } });
  expect(extra('claude-opus-5', 'off')).toEqual({ thinking: { type: 'disabled' } });
  expect(extra('gpt-oss-20b', 'high')).toEqual({ reasoning_effort: 'high' });
  expect(extra('nova-lite', 'off')).toBeUndefined();
  expect(extra('claude-opus-5', undefined)).toBeUndefined();
});

const block = fc.constantFrom<Block>(
  text('a'),
  { type: 'reasoning', text: 'Hm.', signature: 's' },
  { type: 'reasoning', text: 'Hm.' },
  { type: 'tool_use', id: 'a', name: 'find', input: {} },
);

test('whatever the turns are made of, a model gets turns that Bedrock takes: none empty, no two of one role in a row', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(block, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
      fc.constantFrom<CatalogueAlias>('claude-opus-5', 'gpt-oss-20b', 'llama'),
      (turns, alias) => {
        const messages = turns.map((blocks, index) =>
          index % 2 === 0 ? user(...blocks) : assistant(...blocks),
        );
        const given = prepared(alias, { messages }).messages;
        expect(given.every(({ blocks }) => blocks.length > 0)).toBe(true);
        expect(given.every(({ role }, index) => role !== given[index - 1]?.role)).toBe(true);
      },
    ),
  );
});

test.each([60_000, 100, '50', 1.5, null])(
  'the Messages API refuses thoughts of %j tokens in an answer of 100, because they are not held',
  (budget_tokens) => {
    const body = { max_tokens: 100, messages: [], thinking: { type: 'enabled', budget_tokens } };
    expect(() => prepare({ kind: 'messages', body }, modelOf('claude-haiku-4.5'), caller)).toThrow(
      expect.objectContaining({ statement: expect.objectContaining({ param: 'thinking' }) }),
    );
  },
);

test.each([
  [32_000, { type: 'enabled', budget_tokens: 31_999 }, 4096, { type: 'enabled', budget_tokens: 4095 }],
  [32_000, { type: 'enabled', budget_tokens: 2000 }, 4096, { type: 'enabled', budget_tokens: 2000 }],
  [32_000, { type: 'adaptive' }, 4096, { type: 'adaptive' }],
  [4096, { type: 'enabled', budget_tokens: 4095 }, 4096, { type: 'enabled', budget_tokens: 4095 }],
])(
  'of the Messages API, %i tokens with %j are lowered to %i, and thoughts have room in them',
  (asked, thinking, most, given) => {
    const clamping = callerOf(
      { keyId: 'key', team: 'acme', plan: 'all' },
      { models: Object.keys(catalogue), maxTokens: most, clampMaxTokens: true },
    );
    const body = { max_tokens: asked, messages: [], thinking };
    const { call, maxTokensLoweredTo } = prepare(
      { kind: 'messages', body },
      modelOf('claude-haiku-4.5'),
      clamping,
    );
    expect(call).toEqual({ kind: 'messages', body: { ...body, max_tokens: most, thinking: given } });
    expect(maxTokensLoweredTo).toBe(asked > most ? most : undefined);
  },
);
