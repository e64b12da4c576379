import { AskRequestSchema, errorDefinition } from '@org/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonBody } from '../../http/json-body.ts';
import { ProxyError } from '../../proxy-error.ts';
import { readFields } from '../fields.ts';
import { nativeDoor } from './native.ts';

const parse = (body: string | null, contentType: string | undefined = 'application/json') =>
  readFields(AskRequestSchema, jsonBody({ contentType, body, isBase64Encoded: false }));

function refusal(body: string | null, contentType?: string) {
  try {
    parse(body, contentType);
  } catch (error) {
    if (error instanceof ProxyError) return error.statement;
    throw error;
  }
  throw new Error('The body was accepted.');
}

test('a question keeps every character it was written with', () => {
  const question = '¿Qué es "una" distopía?\n\u0007 😀';
  expect(parse(JSON.stringify({ model: 'llama', question }))).toEqual({ model: 'llama', question });
});

test('a body in base64 is decoded as UTF-8', () => {
  const body = Buffer.from('{"model":"llama","question":"¿Qué?"}').toString('base64');
  expect(jsonBody({ contentType: 'application/json', body, isBase64Encoded: true })).toEqual({
    model: 'llama',
    question: '¿Qué?',
  });
});

test.each([null, '', '{', '[]', '"text"', 'null', '42'])('the body %j is not a JSON object', (body) => {
  expect(refusal(body)).toEqual({ code: 'invalid_json' });
});

test.each([
  ['application/json', undefined],
  ['application/json; charset=utf-8', undefined],
  ['APPLICATION/JSON', undefined],
  ['text/plain', 'content-type'],
  ['application/x-www-form-urlencoded', 'content-type'],
])('a body sent as %s is refused for: %s', (contentType, param) => {
  const body = '{"model":"llama","question":"Hi"}';
  if (param) expect(refusal(body, contentType)).toMatchObject({ code: 'invalid_request', param });
  else expect(parse(body, contentType)).toBeDefined();
});

test.each(['gzip', 'br', 'GZIP, identity'])(
  'a body that is compressed by %s is refused for that',
  (contentEncoding) => {
    const raw = {
      contentType: 'application/json',
      contentEncoding,
      body: '\u001f\ufffd',
      isBase64Encoded: false,
    };
    expect(() => jsonBody(raw)).toThrow(/content-encoding/);
  },
);

test('a body that says that it is not compressed is read', () => {
  const body = '{"model":"llama","question":"Hi"}';
  const raw = { contentType: undefined, contentEncoding: 'identity', body, isBase64Encoded: false };
  expect(jsonBody(raw)).toEqual(JSON.parse(body));
});

const askable = 'is missing: send a string, or messages that end with a user turn';
const user = (...content: object[]) =>
  JSON.stringify({ model: 'llama', messages: [{ role: 'user', content }] });

test.each([
  ['a missing field', '{"model":"llama"}', 'question', askable],
  ['a wrong type', '{"model":"llama","question":7}', 'question', 'must be a string'],
  ['an empty question', '{"model":"llama","question":""}', 'question', 'must not be empty'],
  ['a blank question', '{"model":"llama","question":" \\n"}', 'question', 'must not be empty'],
  [
    'an unknown field',
    '{"model":"llama","question":"Hi","temprature":1}',
    'temprature',
    'is not a field of this request (did you mean "temperature"?)',
  ],
  [
    'a field by the name that another API has for it',
    '{"model":"llama","question":"Hi","max_tokens":5}',
    'max_tokens',
    'is not a field of this request (did you mean "maxTokens"?)',
  ],
  [
    'a field that is near none',
    '{"model":"llama","question":"Hi","n":5}',
    'n',
    'is not a field of this request',
  ],
  ...['99999999999999999999', '1e300'].map((most): [string, string, string, string] => [
    `${most} tokens`,
    `{"model":"llama","question":"Hi","maxTokens":${most}}`,
    'maxTokens',
    'is too large a number',
  ]),
  [
    'a temperature out of range',
    '{"model":"llama","question":"Hi","temperature":1.5}',
    'temperature',
    'must be at most 1',
  ],
  ['no tokens at all', '{"model":"llama","question":"Hi","maxTokens":0}', 'maxTokens', 'must be at least 1'],
  [
    'half a token',
    '{"model":"llama","question":"Hi","maxTokens":1.5}',
    'maxTokens',
    'must be a whole number or "fit"',
  ],
  [
    'a word for the most tokens that is not known',
    '{"model":"llama","question":"Hi","maxTokens":"fits"}',
    'maxTokens',
    'must be a number or "fit"',
  ],
  [
    'an unknown role',
    '{"model":"llama","question":"Hi","history":[{"role":"system","text":"x"}]}',
    'history.0.role',
    'must be one of "user", "assistant"',
  ],
  [
    'a history that ends with the user',
    '{"model":"llama","question":"Hi","history":[{"role":"user","text":"x"}]}',
    'history',
    'must end with an assistant turn: the question is the next user turn',
  ],
  [
    'a history out of turn',
    '{"model":"llama","question":"Hi","history":[{"role":"assistant","text":"x"}]}',
    'history',
    'must alternate user and assistant turns, starting with user',
  ],
  [
    'five stop strings',
    '{"model":"llama","question":"Hi","stop":["a","b","c","d","e"]}',
    'stop',
    'must have at most 4 strings',
  ],
  [
    'a schema of text',
    '{"model":"llama","question":"Hi","outputSchema":{"type":"string","allOf":[{"type":"object"}]}}',
    'outputSchema',
    "must be a JSON Schema of an object: with type 'object', or a $ref or an allOf that leads to one",
  ],
  [
    'a kind of block that there is not',
    user({ type: 'video' }),
    'messages.0.content.0.type',
    'must be one of "text", "image", "document", "tool_use", "tool_result", "reasoning", "redacted_reasoning", "cache_point"',
  ],
  [
    'an image by its address',
    user({ type: 'image', format: 'png', data: 'https://example.com/a.png' }),
    'messages.0.content.0.data',
    'must be the bytes in padded base64, and not a URL or a data URL',
  ],
  [
    'a document by the name of its file',
    user({ type: 'document', format: 'pdf', name: 'minutes.pdf', data: 'AAAA' }),
    'messages.0.content.0.name',
    'must be up to 200 letters, digits, single spaces, hyphens, parentheses and square brackets, without dots',
  ],
  [
    'an image without bytes',
    user({ type: 'image', format: 'png', data: '' }),
    'messages.0.content.0.data',
    'must not be empty',
  ],
  [
    'a piece of a result',
    user({ type: 'tool_result', id: 'a', content: [{ type: 'text', text: 7 }] }),
    'messages.0.content.0.content.0.text',
    'must be a string',
  ],
  [
    'content of another type',
    '{"model":"llama","messages":[{"role":"user","content":7}]}',
    'messages.0.content',
    'must be a string or an array',
  ],
  [
    'a cache of another time',
    '{"model":"llama","question":"Hi","tools":[{"name":"a","inputSchema":{"type":"object"}},{"type":"cache_point","ttl":"2h"}]}',
    'tools.1.ttl',
    'must be one of "5m", "1h"',
  ],
  [
    'a choice that there is not',
    '{"model":"llama","question":"Hi","toolChoice":"any"}',
    'toolChoice',
    'must be one of "auto", "required", "none" or an object',
  ],
  [
    'a choice of another tool',
    '{"model":"llama","question":"Hi","tools":[{"name":"a","inputSchema":{"type":"object"}}],"toolChoice":{"name":"b"}}',
    'toolChoice',
    'must name one of the tools',
  ],
  [
    'a question after a user turn',
    '{"model":"llama","question":"Hi","messages":[{"role":"user","content":"Ho"}]}',
    'messages',
    'must end with an assistant turn if there is a question, which is the next user turn',
  ],
  [
    'messages beside a history',
    '{"model":"llama","history":[],"messages":[{"role":"user","content":"Ho"}]}',
    'history',
    'cannot be combined with messages, which include the earlier turns',
  ],
  [
    'a cache beside a cache point',
    '{"model":"llama","cache":"5m","messages":[{"role":"user","content":[{"type":"text","text":"Ho"},{"type":"cache_point"}]}]}',
    'cache',
    'cannot be combined with your own cache points',
  ],
])('%s is named', (_fault, body, path, message) => {
  expect(refusal(body)).toEqual({
    code: 'invalid_request',
    message: `${path} ${message}.`,
    param: path,
    details: { issues: [{ path, message }] },
  });
});

test("a tool in another API's form is refused with the fields of a tool", () => {
  const tools = [{ type: 'function', function: { name: 'a' } }];
  expect(refusal(JSON.stringify({ model: 'llama', question: 'Hi', tools })).details).toEqual({
    issues: [
      { path: 'tools.0.name', message: 'is missing and must be a string' },
      { path: 'tools.0.inputSchema', message: 'is missing and must be an object' },
      { path: 'tools.0.type', message: 'is not a field of this request' },
      { path: 'tools.0.function', message: 'is not a field of this request' },
    ],
  });
});

test('every fault of a request is reported at once', () => {
  expect(refusal('{"modle":"llama"}').details).toEqual({
    issues: [
      { path: 'modle', message: 'is not a field of this request (did you mean "model"?)' },
      { path: 'question', message: askable },
    ],
  });
});

test('of a great many faults the first are reported, because an answer can be 6 MB at most', () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field${index}`, 1]));
  const { message, details } = refusal(JSON.stringify({ model: 'llama', question: 'Hi', ...many }));
  expect(JSON.parse(JSON.stringify(details))).toMatchObject({ issues: { length: 20 } });
  expect(message?.length).toBeLessThan(2000);
});

test('of a very long name the beginning is reported', () => {
  const { message, param } = refusal(`{"model":"llama","question":"Hi","${'x'.repeat(1_000_000)}":1}`);
  expect(param).toBe(`${'x'.repeat(200)}...`);
  expect(message).toBe(`${param} is not a field of this request.`);
});

test.each([
  ['20000 values', `"history":[${'{},'.repeat(1_000_000)}{}]`],
  ['20000 values', `"stop":[${'1,'.repeat(1_000_000)}1]`],
  ['200 levels', `"stop":${'['.repeat(100_000)}${']'.repeat(100_000)}`],
])('a request of more than %s is refused before each is looked at', (parts, field) => {
  expect(refusal(`{"model":"llama","question":"Hi",${field}}`)).toEqual({
    code: 'invalid_request',
    message: `The request has more than ${parts}. Shorten it.`,
    details: { issues: [{ path: '', message: `has more than ${parts}` }] },
  });
});

test('any JSON is accepted or refused with a 400, and never repeated', () => {
  fc.assert(
    fc.property(fc.json(), (body) => {
      try {
        parse(body);
      } catch (error) {
        if (!(error instanceof ProxyError)) throw error;
        expect(errorDefinition(error.statement.code).status).toBe(400);
      }
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(AskRequestSchema.shape)), (field) => {
      const canary = 'canary-7f3a';
      const body = { model: 'llama', question: 'Hi', [field]: [{ [field]: canary, text: canary }] };
      expect(JSON.stringify(refusal(JSON.stringify(body)))).not.toContain(canary);
    }),
  );
});

const conversation = (content: string | object[], role = 'assistant') =>
  JSON.stringify({
    model: 'llama',
    messages: [
      { role: 'user', content: role === 'user' ? content : 'Hi' },
      { role: 'assistant', content: role === 'user' ? 'Hello.' : content },
    ],
    question: 'And?',
  });

test.each(['', ' \n'])('an answer of %j is taken back in a history, and a user turn of it is not', (text) => {
  const history = (role: string) => [
    { role: 'user', text: role === 'user' ? text : 'Hi' },
    { role: 'assistant', text: role === 'user' ? 'Hello.' : text },
  ];
  const body = (role: string) => JSON.stringify({ model: 'llama', question: 'And?', history: history(role) });
  expect(parse(body('assistant'))).toMatchObject({ history: history('assistant') });
  expect(refusal(body('user'))).toMatchObject({ param: 'history.0.text' });
});

test.each<[string | object[]]>([[''], [' '], [[]]])(
  'an answer of the content %j is taken back, and a user turn of it is not',
  (content) => {
    expect(parse(conversation(content))).toBeDefined();
    expect(refusal(conversation(content, 'user'))).toMatchObject({ param: 'messages.0.content' });
  },
);

test('a call of a tool by a name that no tool can have is taken back, and Bedrock gets one that it takes', () => {
  const call = { type: 'tool_use', id: 'a b', name: 'functions.find', input: {} };
  const result = { type: 'tool_result', id: 'a b', content: '' };
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [call] },
    { role: 'user', content: [result] },
  ];
  const asked = nativeDoor({ whole: true }).parse({ model: 'llama', messages }, () => undefined);
  const sent = 'messages' in asked.call ? asked.call.messages.flatMap(({ blocks }) => blocks) : [];
  const fitting = expect.stringMatching(/^[\w-]{1,64}$/);
  expect(sent).toMatchObject([
    { type: 'text' },
    { type: 'tool_use', id: fitting, name: fitting },
    { type: 'tool_result', id: sent.flatMap((block) => (block.type === 'tool_use' ? block.id : []))[0] },
  ]);
});
