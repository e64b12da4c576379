import { expect, test } from 'vitest';
import { ProxyError } from '../../proxy-error.ts';
import { combineSchema } from './combine.ts';
import { definitionsOf } from './references.ts';

type Schema = Record<string, unknown>;

const open = (schema: Schema) => combineSchema(definitionsOf(schema), false);
const closed = (schema: Schema) => combineSchema(definitionsOf(schema), true);

/** The place at which a schema is refused, or nothing if it is accepted. */
function placeOf(combine: () => unknown): string | undefined {
  try {
    combine();
    return undefined;
  } catch (error) {
    if (!(error instanceof ProxyError && error.hasCode('invalid_request'))) throw error;
    expect(error.statement.param).toBe('outputSchema');
    return error.statement.details?.issues[0]?.path;
  }
}

const text = { type: 'string' };
const named = { type: 'object', properties: { name: text }, required: ['name'] };
const aged = { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] };
const both = {
  type: 'object',
  properties: { name: text, age: { type: 'integer' } },
  required: ['name', 'age'],
};
/** An object with one property, which every object has. */
const having = (a: unknown) => ({ type: 'object', properties: { a }, required: ['a'] });

test.each<[string, Schema, Schema]>([
  ['a reference', { $ref: '#/$defs/a', $defs: { a: named } }, named],
  [
    'a chain',
    { $ref: '#/$defs/a', $defs: { a: { $ref: '#/definitions/b' } }, definitions: { b: named } },
    named,
  ],
  ['an encoded name', { $ref: '#/$defs/a%20b', $defs: { 'a b': named } }, named],
  ['a name that is not encoded', { $ref: '#/$defs/a b~1~0%', $defs: { 'a b/~%': named } }, named],
  ['an item of a list', { $ref: '#/$defs/a/anyOf/1', $defs: { a: { anyOf: [aged, named] } } }, named],
  [
    'a reference with a description of its own',
    {
      $ref: '#/$defs/a',
      description: 'Ours.',
      $defs: { a: { ...named, description: 'Theirs.', title: 'T' } },
    },
    { ...named, description: 'Ours.', title: 'T' },
  ],
  [
    'a reference beside keywords',
    { ...aged, $ref: '#/$defs/a', $defs: { a: named } },
    {
      ...both,
      properties: { age: { type: 'integer' }, name: text },
      required: ['age', 'name'],
    },
  ],
  ['parts', { allOf: [named, { $ref: '#/$defs/a' }], $defs: { a: aged } }, both],
  [
    'parts of parts',
    { allOf: [{ allOf: [named] }, { $ref: '#/$defs/a' }], $defs: { a: { allOf: [aged] } } },
    both,
  ],
])('%s at the root comes to one object', (_what, schema, expected) => {
  expect(open(schema)).toEqual(expected);
});

test.each<[string, Schema, Schema, Schema]>([
  [
    'types',
    { type: ['number', 'string', 'null'] },
    { type: ['integer', 'null'] },
    { type: ['integer', 'null'] },
  ],
  ['bounds', { minimum: 1, maxLength: 9 }, { minimum: 2, maxLength: 8 }, { minimum: 2, maxLength: 8 }],
  ['values', { enum: ['a', 'b', 1] }, { type: 'string' }, { enum: ['a', 'b'], type: 'string' }],
  ['lists of values', { enum: ['a', 'b', { c: 1 }] }, { enum: [{ c: 1 }, 'b'] }, { enum: [{ c: 1 }, 'b'] }],
  ['one value', { enum: ['a', 'b'] }, { const: 'b' }, { const: 'b' }],
  ['patterns', { pattern: 'a' }, { pattern: 'b' }, { pattern: 'a', allOf: [{ pattern: 'b' }] }],
  [
    'what an array holds',
    { contains: text, minContains: 2 },
    { contains: { type: 'null' } },
    { contains: text, minContains: 2, allOf: [{ contains: { type: 'null' } }] },
  ],
  [
    'items',
    { items: { minimum: 1 } },
    { prefixItems: [text], items: { maximum: 2 } },
    {
      prefixItems: [{ type: 'string', minimum: 1 }],
      items: { minimum: 1, maximum: 2 },
    },
  ],
  [
    'closed objects',
    { properties: { a: text, b: text }, additionalProperties: false },
    { properties: { b: {}, c: text }, additionalProperties: text },
    { properties: { a: text, b: text }, additionalProperties: false },
  ],
  [
    'a choice and what stands beside it',
    { description: 'One.', anyOf: [{ const: 'a' }, { type: 'null' }, { minLength: 2 }] },
    { type: 'string' },
    {
      description: 'One.',
      anyOf: [
        { type: 'string', const: 'a' },
        { type: 'string', minLength: 2 },
      ],
    },
  ],
])('values that both parts allow are kept: %s', (_what, one, other, expected) => {
  expect(open(having({ allOf: [one, other] }))).toEqual(having(expected));
});

test('a reference back to itself is followed three times, and then ends', () => {
  const tree = {
    $ref: '#/$defs/tree',
    $defs: { tree: having({ type: 'array', items: { $ref: '#/$defs/tree' } }) },
  };
  const leaf = having({ type: 'array', maxItems: 0 });
  const around = (inner: Schema) => having({ type: 'array', items: inner });
  expect(open(tree)).toEqual(around(around(around(leaf))));
  const list = having({ anyOf: [{ $ref: '#' }, { type: 'null' }] });
  const deepest = having({ type: 'null' });
  const within = (inner: Schema) => having({ anyOf: [inner, { type: 'null' }] });
  expect(open(list)).toEqual(within(within(within(deepest))));
});

test.each<[string, Schema, string]>([
  ['a circle', { $ref: '#' }, '$ref'],
  [
    'a circle of several',
    { $ref: '#/$defs/a', $defs: { a: { allOf: [{ $ref: '#' }] } } },
    '$defs.a.allOf.0.$ref',
  ],
  ['a circle in a condition', { ...named, not: { $ref: '#' } }, 'not.$ref'],
  ['a reference out of the document', { $ref: 'https://example.com/a.json' }, '$ref'],
  ['a reference to nothing', { $ref: '#/$defs/a', $defs: {} }, '$ref'],
  ['a reference to what is no schema', { $ref: '#/$defs', $defs: 1 }, '$ref'],
  ['a reference by an anchor', { $ref: '#a', $defs: { a: { ...named, $anchor: 'a' } } }, '$ref'],
  ['a choice', { anyOf: [named, aged] }, 'anyOf'],
  ['an exclusive choice beside an object', { ...named, oneOf: [named, aged] }, 'oneOf'],
  [
    'a choice that a reference leads to',
    { $ref: '#/$defs/a', $defs: { a: { anyOf: [named] } } },
    '$defs.a.anyOf',
  ],
  ['a choice as a part', { allOf: [named, { oneOf: [aged] }] }, 'allOf.1.oneOf'],
  ['another type', { $ref: '#/$defs/a', $defs: { a: text } }, '$defs.a'],
  ['more types', { allOf: [{ type: ['object', 'null'] }] }, 'allOf.0'],
  ['no type', { $ref: '#/$defs/a', $defs: { a: { properties: {} } } }, '$defs.a'],
  [
    'a part that says what others cannot have, by what it has itself',
    { allOf: [{ ...named, unevaluatedProperties: false }, aged] },
    'allOf.0.unevaluatedProperties',
  ],
  [
    'patterns beside a part that is closed',
    { allOf: [{ ...named, additionalProperties: false }, { patternProperties: { '^a': text } }] },
    'allOf.1.patternProperties',
  ],
  ['a keyword of an older draft', { ...named, dependencies: { name: ['age'] } }, 'dependencies'],
  ['a format that is none', having({ format: '__proto__' }), 'properties.a.format'],
])('%s at the root is refused', (_what, schema, place) => {
  expect(placeOf(() => open(schema))).toBe(`outputSchema.${place}`);
});

test('unevaluatedProperties beside the parts means what it meant', () => {
  expect(placeOf(() => open({ allOf: [named, aged], unevaluatedProperties: false }))).toBeUndefined();
});

test.each<[string, unknown, string]>([
  ['no value', false, ''],
  ['one value of another type', { type: 'string', const: 1 }, '.const'],
  ['values that are too short', { enum: ['a', 'b'], minLength: 2 }, '.enum'],
  ['different values', { const: 1, enum: [2] }, '.const'],
  ['what it must not be', { not: {} }, '.not'],
  ['crossed lengths', { type: 'string', minLength: 3, maxLength: 2 }, '.maxLength'],
  ['crossed numbers', { type: 'number', minimum: 3, maximum: 2 }, '.maximum'],
  ['a number between the same', { type: 'number', exclusiveMinimum: 3, maximum: 3 }, '.exclusiveMinimum'],
  [
    'an integer between integers',
    { type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 2 },
    '.exclusiveMaximum',
  ],
  ['a multiple that is not there', { type: 'integer', minimum: 6, maximum: 9, multipleOf: 5 }, '.multipleOf'],
  ['types that exclude each other', { allOf: [text, { type: 'null' }] }, '.allOf.1.type'],
  ['crossed counts of items', { type: 'array', minItems: 2, maxItems: 1 }, '.maxItems'],
  ['items that cannot be', { type: 'array', minItems: 1, items: false }, '.items'],
  ['a tuple that ends', { type: 'array', minItems: 2, prefixItems: [text], items: false }, '.items'],
  ['what its items cannot be', { type: 'array', items: text, contains: { type: 'null' } }, '.items.type'],
  ['a property that cannot be', having(false), '.properties.a'],
  [
    'a property that is excluded',
    { ...named, required: ['a'], additionalProperties: false },
    '.additionalProperties',
  ],
  ['a name that is excluded', { ...having({}), propertyNames: { enum: ['b'] } }, '.propertyNames'],
  ['too few properties', { ...named, maxProperties: 0 }, '.maxProperties'],
  ['choices that all are none', { anyOf: [false, { type: 'string', const: 1 }] }, '.anyOf.0'],
  ['the same choice twice', { oneOf: [text, text] }, '.oneOf'],
  ['itself without end', { $ref: '#' }, '.$ref'],
])('a property that must be %s is seen before the call', (_what, a, place) => {
  expect(placeOf(() => open(having(a)))).toMatch(
    new RegExp(`^outputSchema\\.properties\\.a.*${RegExp.escape(place)}$`),
  );
  expect(placeOf(() => open({ ...having(a), required: [] }))).toBeUndefined();
});

test.each<[string, Schema]>([
  ['more properties than it lists', { ...named, minProperties: 2 }],
  [
    'a property that another one excludes',
    { ...named, dependentRequired: { name: ['b'] }, maxProperties: 1 },
  ],
])(
  'an object that must have %s is seen before the call of a model that can have no others',
  (_what, schema) => {
    expect(placeOf(() => closed(schema))).toMatch(/^outputSchema\./);
  },
);

test('a property that is required and not listed is listed, so that a model can write it', () => {
  const schema = { ...named, required: ['a'], additionalProperties: text, dependentRequired: { a: ['b'] } };
  expect(closed(schema)).toMatchObject({
    properties: { name: text, a: text, b: text },
    required: ['a', 'b'],
    additionalProperties: false,
  });
});

test('the copies made by references are bounded, because the model reads them all', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`p${index}`, { $ref: '#/$defs/a' }]),
  );
  const $defs = { a: { ...text, description: 'x'.repeat(100_000) } };
  expect(placeOf(() => open({ type: 'object', properties, $defs }))).toBe('outputSchema.$defs.a');
});
