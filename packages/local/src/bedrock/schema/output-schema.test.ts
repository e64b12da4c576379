import { expect, test } from 'vitest';
import { unsupportedIn } from './output-schema.ts';

const closed = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
});

test('a schema of the supported subset passes', () => {
  const schema = closed(
    {
      // Names of properties are not keywords.
      minimum: { type: 'integer' },
      list: { type: 'array', items: { $ref: '#/$defs/entry' }, minItems: 1 },
      again: { $ref: '#/$defs/entry' },
      either: { anyOf: [{ type: 'null' }, { enum: ['a', 'b'] }] },
    },
    { $defs: { entry: closed({ id: { type: 'string', format: 'uuid' } }) } },
  );
  expect(unsupportedIn(schema)).toBeUndefined();
});

test.each([
  [{ type: 'object', properties: {} }, "For 'object' type, 'additionalProperties'"],
  [
    closed({ inner: { type: 'object', additionalProperties: true } }),
    "For 'object' type, 'additionalProperties'",
  ],
  [
    closed({ age: { type: 'integer', minimum: 0, maximum: 9 } }),
    "'integer' type, properties maximum, minimum",
  ],
  [closed({ name: { type: 'string', maxLength: 5 } }), "'string' type, properties maxLength"],
  [closed({ list: { type: 'array', items: { type: 'number', multipleOf: 2 } } }), 'multipleOf'],
  [closed({ list: { type: 'array', minItems: 2 } }), "'minItems' values other than 0 or 1"],
  [closed({ list: { type: 'array', maxItems: 2 } }), 'maxItems'],
  [closed({}, { $defs: { unused: { type: 'object' } } }), "'additionalProperties'"],
  [closed({ far: { $ref: 'https://example.com/schema' } }), 'must point within the schema'],
  [closed({ lost: { $ref: '#/$defs/lost' } }), 'must point within the schema'],
  [closed({ self: { $ref: '#' } }), 'Recursive'],
  [closed({}, { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }), 'Recursive'],
])('%j is not supported: %s', (schema, problem) => {
  expect(unsupportedIn(schema)).toContain(problem);
});
