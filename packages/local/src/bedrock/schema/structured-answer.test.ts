import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonSchema } from './json-schema.ts';
import { structuredAnswer } from './structured-answer.ts';

const { schema: anySchema } = fc.letrec<{ schema: JsonSchema; leaf: JsonSchema; node: JsonSchema }>(
  (tie) => ({
    schema: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), tie('node')),
    leaf: fc.oneof(
      fc.constantFrom<JsonSchema>(
        { type: 'boolean' },
        { type: 'null' },
        { type: ['string', 'null'] },
        {},
        { const: { a: 1 } },
        { enum: ['b', null] },
        { $ref: '#/$defs/word' },
        { $ref: '#/$defs/tree' },
      ),
      fc.record({ type: fc.constant('string'), minLength: fc.nat(60), format: fc.constant('email') }),
      fc
        .record({ type: fc.constantFrom('integer', 'number'), minimum: fc.integer({ min: -50, max: 50 }) })
        .map((schema): JsonSchema => ({ ...schema, maximum: schema.minimum + 3 })),
      fc.record({
        type: fc.constantFrom('integer', 'number'),
        exclusiveMaximum: fc.integer({ min: -9, max: 9 }),
        multipleOf: fc.integer({ min: 1, max: 5 }),
      }),
    ),
    node: fc.oneof(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie('schema'), { maxKeys: 4 }).map(
        (properties): JsonSchema => ({
          type: 'object',
          properties,
          required: [...Object.keys(properties), 'undescribed'],
        }),
      ),
      fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(3) }),
      fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((anyOf): JsonSchema => ({ anyOf })),
    ),
  }),
);

const definitions = {
  word: { type: 'string' },
  tree: { type: 'object', properties: { left: { $ref: '#/$defs/tree' } } },
};

const ajv = new Ajv2020({ strict: false, validateFormats: false });

test('whatever the schema, the answer fits it', () => {
  fc.assert(
    fc.property(anySchema, fc.string({ minLength: 1 }), (schema, question) => {
      const root = { ...schema, $defs: definitions };
      const answer = structuredAnswer(root, question);
      expect(ajv.validate(root, answer), JSON.stringify({ root, answer, errors: ajv.errors })).toBe(true);
    }),
  );
});

test('texts quote the beginning of the question', () => {
  const schema = { type: 'object', properties: { summary: { type: 'string' } } };
  expect(structuredAnswer(schema, 'What is a dystopia, and where do they come from?')).toEqual({
    summary: 'What is a dystopia, and where do they co',
  });
});

test('an object of several parts has the properties of all', () => {
  const schema = {
    allOf: [
      { $ref: '#/$defs/named' },
      { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] },
    ],
    $defs: { named: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
  };
  expect(structuredAnswer(schema, 'Who?')).toEqual({ name: 'Who?', age: 1 });
});

test('a schema that holds itself is answered in the end', () => {
  const schema = {
    type: 'object',
    properties: {
      next: { anyOf: [{ $ref: '#' }, { type: 'null' }] },
      all: { type: 'array', items: { $ref: '#' } },
    },
    required: ['next', 'all'],
  };
  expect(ajv.validate(schema, structuredAnswer(schema, 'And then?'))).toBe(true);
});
