import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkOutput } from './output-check.ts';

const schema = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 2 }, tags: { type: 'array', items: { type: 'string' } } },
  required: ['city'],
  additionalProperties: false,
};

test('JSON that fits is the output', () => {
  expect(checkOutput(schema, '{"city":"Oran","tags":["sea"]}')).toEqual({
    fits: true,
    output: { city: 'Oran', tags: ['sea'] },
  });
});

test.each([
  ['a number for a string', '{"city":1}', ['city']],
  ['a string too short', '{"city":"O"}', ['city']],
  ['a fault deep inside', '{"city":"Oran","tags":["sea",5]}', ['tags.1']],
  ['a list', '[]', ['']],
])('%s is reported where it is', (_fault, text, paths) => {
  const checked = checkOutput(schema, text);
  expect(checked.fits ? [] : checked.issues.map(({ path }) => path)).toEqual(paths);
});

test.each(['', '{"city":"Or', 'Sure! {"city":"Oran"}', '```json\n{}\n```'])('%j is not JSON', (text) => {
  expect(checkOutput(schema, text)).toEqual({ fits: false, issues: [] });
});

test('an answer with half of a surrogate pair in a name fits as any other', () => {
  const text = String.raw`{"a":{"\ud800":0}}`;
  expect(checkOutput({ type: 'object', properties: { a: { type: 'object' } } }, text)).toMatchObject({
    fits: true,
  });
});

test('a pattern that takes years is given up', () => {
  const years = { type: 'object', properties: { city: { type: 'string', pattern: '^(a+)+$' } } };
  const { fits, ...rest } = checkOutput(years, JSON.stringify({ city: `${'a'.repeat(50)}!` }));
  expect([fits, rest]).toEqual([
    false,
    { issues: [{ path: '', message: expect.stringContaining('patterns') }] },
  ]);
});

test('a text that does not match is reported with the pattern', () => {
  const ticket = {
    type: 'object',
    properties: { 'a/b': { type: 'array', items: { type: 'string', pattern: '^[A-Z]+$' } } },
  };
  expect(checkOutput(ticket, '{"a/b":["X","x"]}')).toEqual({
    fits: false,
    issues: [{ path: expect.stringContaining('.1'), message: 'does not match the pattern ^[A-Z]+$' }],
  });
});

test('an issue does not quote a schema at length', () => {
  const long = { type: 'object', properties: { city: { enum: ['x'.repeat(100_000)] } } };
  expect(JSON.stringify(checkOutput(long, '{"city":"Oran"}')).length).toBeLessThan(2000);
});

test('no text makes it fail', () => {
  const text = fc.oneof(fc.string(), fc.json());
  fc.assert(fc.property(text, (written) => typeof checkOutput(schema, written).fits === 'boolean'));
});
