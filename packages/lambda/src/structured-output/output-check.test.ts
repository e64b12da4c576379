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
  ['a number for a text', '{"city":1}', ['city']],
  ['a text too short', '{"city":"O"}', ['city']],
  ['a fault deep inside', '{"city":"Oran","tags":["sea",5]}', ['tags.1']],
  ['a list', '[]', ['']],
])('%s is told where it is', (_fault, text, paths) => {
  const checked = checkOutput(schema, text);
  expect(checked.fits ? [] : checked.issues.map(({ path }) => path)).toEqual(paths);
});

test.each(['', '{"city":"Or', 'Sure! {"city":"Oran"}', '```json\n{}\n```'])('%j is no JSON', (text) => {
  expect(checkOutput(schema, text)).toEqual({ fits: false, issues: [] });
});

test('no text makes it fail', () => {
  const text = fc.oneof(fc.string(), fc.json());
  fc.assert(fc.property(text, (written) => typeof checkOutput(schema, written).fits === 'boolean'));
});
