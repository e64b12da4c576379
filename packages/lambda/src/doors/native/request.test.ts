import { AskRequestSchema, errorDefinition } from '@org/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonBody } from '../../http/json-body.ts';
import { ProxyError } from '../../proxy-error.ts';
import { readFields } from '../fields.ts';

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

test.each([
  ['a missing field', '{"model":"llama"}', 'question', 'is required (string)'],
  ['a wrong type', '{"model":"llama","question":7}', 'question', 'must be a string'],
  ['an empty question', '{"model":"llama","question":""}', 'question', 'must not be empty'],
  ['a blank question', '{"model":"llama","question":" \\n"}', 'question', 'must not be empty'],
  [
    'an unknown field',
    '{"model":"llama","question":"Hi","temprature":1}',
    'temprature',
    'is not a field of this request',
  ],
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
    'must be a whole number',
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
    'must be user and assistant turns in turn, starting with user',
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
])('%s is named', (_fault, body, path, message) => {
  expect(refusal(body)).toEqual({
    code: 'invalid_request',
    message: `${path} ${message}.`,
    param: path,
    details: { issues: [{ path, message }] },
  });
});

test('every fault of a request is reported at once', () => {
  expect(refusal('{"modle":"llama"}').details).toEqual({
    issues: [
      { path: 'model', message: 'is required (string)' },
      { path: 'question', message: 'is required (string)' },
      { path: 'modle', message: 'is not a field of this request' },
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

test('whatever JSON arrives, it is accepted or refused with a 400, and never repeated', () => {
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
    fc.property(fc.constantFrom('model', 'question', 'history', 'stop', 'maxTokens'), (field) => {
      const canary = 'canary-7f3a';
      const body = { model: 'llama', question: 'Hi', [field]: [{ [field]: canary, text: canary }] };
      expect(JSON.stringify(refusal(JSON.stringify(body)))).not.toContain(canary);
    }),
  );
});
