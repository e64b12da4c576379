import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProxyError } from '../../proxy-error.ts';
import { generationSchema } from './generation-schema.ts';
import { definitionsOf } from './references.ts';

const native = (schema: Record<string, unknown>) => generationSchema(definitionsOf(schema), 'native');
const tool = (schema: Record<string, unknown>) => generationSchema(definitionsOf(schema), 'tool');

function refusal(make: () => unknown) {
  try {
    make();
  } catch (error) {
    if (error instanceof ProxyError) return error.statement;
    throw error;
  }
  throw new Error('The schema was accepted.');
}

test('every object is closed, because Bedrock takes no other', () => {
  expect(
    native({
      type: 'object',
      properties: { place: { type: 'object', properties: { city: { type: 'string' } } } },
    }),
  ).toEqual({
    type: 'object',
    additionalProperties: false,
    properties: {
      place: { type: 'object', additionalProperties: false, properties: { city: { type: 'string' } } },
    },
  });
});

test('rules that Bedrock cannot enforce are described to the model', () => {
  const properties = {
    age: { type: 'integer', minimum: 0, maximum: 150, description: 'In years.' },
    tags: { type: 'array', items: { type: 'string', pattern: '^a' }, minItems: 2 },
    at: { type: 'string', format: 'date-time' },
    kind: { oneOf: [{ const: 'a' }, { type: 'integer', multipleOf: 2 }] },
  };
  expect(native({ type: 'object', properties })['properties']).toEqual({
    age: { type: 'integer', description: 'In years. {"minimum":0,"maximum":150}' },
    tags: {
      type: 'array',
      items: { type: 'string', description: '{"pattern":"^a"}' },
      description: '{"minItems":2}',
    },
    at: { type: 'string', format: 'date-time' },
    kind: { anyOf: [{ const: 'a' }, { type: 'integer', description: '{"multipleOf":2}' }] },
  });
});

test('a property may be called like a keyword', () => {
  const properties = {
    $ref: { type: 'string' },
    minimum: { type: 'number' },
    properties: { type: 'object', properties: {} },
    enum: { enum: ['$ref', { $ref: 'text' }] },
  };
  expect(Object.keys(Object(native({ type: 'object', properties })['properties']))).toEqual(
    Object.keys(properties),
  );
});

test('references are put in, because not every model follows them', () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { from: { $ref: '#/$defs/place' }, to: { $ref: '#/$defs/place', description: 'The end.' } },
    $defs: {
      place: { type: 'object', properties: { city: { $ref: '#/$defs/city' } } },
      city: { type: 'string' },
    },
  };
  const place = { type: 'object', properties: { city: { type: 'string' } } };
  expect(tool(schema)).toEqual({
    type: 'object',
    properties: { from: place, to: { ...place, description: 'The end.' } },
  });
});

test('a tuple becomes a list of its possible items, because Bedrock does not accept tuples', () => {
  const pair = {
    type: 'array',
    prefixItems: [{ type: 'string' }, { type: 'null' }],
    items: false,
    minItems: 1,
  };
  const rest = { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'integer' } };
  expect(native({ type: 'object', properties: { pair, rest } })['properties']).toMatchObject({
    pair: {
      items: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      minItems: 1,
      description: '{"prefixItems":[{"type":"string"},{"type":"null"}],"maxItems":2}',
    },
    rest: { items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
  });
});

test('parts that could not share a closed object are one to the model', () => {
  const part = (name: string) => ({
    type: 'object',
    properties: { [name]: { type: 'string' } },
    required: [name],
  });
  const ab = { allOf: [part('a'), part('b')] };
  const one = {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'string' } },
    required: ['a', 'b'],
    additionalProperties: false,
  };
  expect(native(ab)).toEqual(one);
  expect(native({ type: 'object', properties: { ab } })['properties']).toEqual({ ab: one });
  const choice = { ...part('a'), anyOf: [part('b'), { required: ['c'] }] };
  expect(native({ type: 'object', properties: { choice } })['properties']).toEqual({
    choice: {
      anyOf: [one, { ...one, properties: { a: { type: 'string' }, c: {} }, required: ['a', 'c'] }],
    },
  });
});

test("a tool's input has at its top only the keywords that Nova accepts", () => {
  const schema = {
    type: 'object',
    title: 'T',
    properties: { a: {} },
    required: ['a'],
    additionalProperties: false,
  };
  expect(tool(schema)).toEqual({ type: 'object', properties: { a: {} }, required: ['a'] });
  expect(tool({ type: 'object' })).toEqual({ type: 'object', properties: {} });
});

test.each<[string, Record<string, unknown>, string]>([
  ['leads nowhere', { a: { $ref: '#/$defs/b' } }, 'outputSchema.properties.a.$ref'],
  [
    'leads out of the schema',
    { a: { $ref: 'https://example.com/a.json' } },
    'outputSchema.properties.a.$ref',
  ],
  ['is not a string', { a: { $ref: 1 } }, 'outputSchema.properties.a.$ref'],
  ['leads back to itself', { a: { $ref: '#/properties/a' } }, 'outputSchema.properties.a.$ref'],
  ['has a type that is none', { a: { type: 'strin' } }, 'outputSchema.properties.a.type'],
  ['allows no value', { a: { enum: [] } }, 'outputSchema.properties.a.enum'],
  [
    'has a list for properties',
    { a: { type: 'object', properties: [] } },
    'outputSchema.properties.a.properties',
  ],
  ['has a string for a schema', { a: 'string' }, 'outputSchema.properties'],
  [
    'has a pattern that is none',
    { a: { type: 'string', pattern: '(' } },
    'outputSchema.properties.a.pattern',
  ],
  ['has a condition that is not a schema', { a: { if: null } }, 'outputSchema.properties.a.if'],
  [
    'has a list for what depends on it',
    { a: { dependentRequired: { b: 1 } } },
    'outputSchema.properties.a.dependentRequired',
  ],
  [
    'has a name for a pattern that is none',
    { a: { patternProperties: { '(': {} } } },
    'outputSchema.properties.a.patternProperties',
  ],
  ['leads back by another word', { a: { $recursiveRef: '#' } }, 'outputSchema.properties.a.$recursiveRef'],
  ['has half a character for a name', { a: { '\ud800': {} } }, 'outputSchema.properties.a.\ud800'],
])('a schema that %s is refused at that place', (_case, properties, path) => {
  const { code, param, details } = refusal(() => tool({ type: 'object', properties }));
  expect([code, param, details]).toEqual([
    'invalid_request',
    'outputSchema',
    { issues: [{ path, message: expect.any(String) }] },
  ]);
});

test.each([
  ['without properties', { type: 'object' }],
  ['open for others', { type: 'object', additionalProperties: { type: 'string' } }],
])('an object %s is refused if the model would have to make up its names', (_case, open) => {
  const { message } = refusal(() => native({ type: 'object', properties: { a: open } }));
  expect(message).toMatch(/^outputSchema\.properties\.a must list its properties/);
});

test('names that only references are read by are left out, so that one can be in two places', () => {
  const place = { type: 'object', $anchor: 'place', properties: { city: { type: 'string' } } };
  const properties = { from: { $ref: '#/$defs/place' }, to: { $ref: '#/$defs/place' } };
  expect(JSON.stringify(tool({ type: 'object', properties, $defs: { place } }))).not.toContain('$anchor');
});

test('a keyword called __proto__ is one like any other, and hands on no other', () => {
  const schema = JSON.parse('{"type":"object","properties":{},"__proto__":{"required":["a"]}}');
  expect(tool(schema)).toEqual({ type: 'object', properties: {} });
  expect(native(schema)).toEqual({ type: 'object', properties: {}, additionalProperties: false });
});

test('a schema that grows without end is refused, not followed', () => {
  const $defs: Record<string, unknown> = { s0: { type: 'string' } };
  for (let level = 1; level < 30; level += 1) {
    const twice = { $ref: `#/$defs/s${level - 1}` };
    $defs[`s${level}`] = { type: 'object', properties: { a: twice, b: twice } };
  }
  expect(
    refusal(() => tool({ type: 'object', properties: { a: { $ref: '#/$defs/s29' } }, $defs })).message,
  ).toMatch(/more than 10000 values/);
  let deep: Record<string, unknown> = { type: 'string' };
  for (let level = 0; level < 100; level += 1) deep = { type: 'array', items: deep };
  expect(refusal(() => tool({ type: 'object', properties: { deep } })).message).toMatch(
    /deeper than 64 levels/,
  );
});

test.each<[string, (pattern: string) => object, path: string]>([
  ['for its names', (pattern) => ({ propertyNames: { pattern } }), 'outputSchema.propertyNames.pattern'],
  ['as a name', (pattern) => ({ patternProperties: { [pattern]: true } }), 'outputSchema.patternProperties'],
])('a pattern that would take long to compile is refused before compiling, %s', (_where, keywords, path) => {
  const schema = { type: 'object', ...keywords('\\p{L}'.repeat(100_000)) };
  const { message, details } = refusal(() => tool(schema));
  expect(message).toContain('longer than 1000 characters');
  expect(details).toMatchObject({ issues: [{ path }] });
});

test('many patterns are refused if they would take long together', () => {
  const pattern = '\\p{L}'.repeat(100);
  const properties = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [index, { type: 'string', pattern }]));
  expect(() => tool({ type: 'object', properties: properties(20) })).not.toThrow();
  const { message, details } = refusal(() => tool({ type: 'object', properties: properties(21) }));
  expect(message).toContain('more than 10000 characters');
  expect(details).toMatchObject({ issues: [{ path: 'outputSchema.properties.20.pattern' }] });
});

test.each<[string, object]>([
  ['a text', { description: 'x'.repeat(300_000) }],
  [
    'a text beside a choice',
    { description: 'x'.repeat(300_000), anyOf: [{ type: 'string' }, { type: 'null' }] },
  ],
  ['a value', { const: 'x'.repeat(300_000) }],
  [
    'a list of names',
    { type: 'object', required: Array.from({ length: 3000 }, (_, n) => `${n}${'x'.repeat(99)}`) },
  ],
])('references that would copy %s too many times are refused', (_what, a) => {
  const properties = Object.fromEntries(
    Array.from({ length: 2400 }, (_, index) => [index, { $ref: '#/$defs/a' }]),
  );
  for (const model of [native, tool]) {
    const { message, details } = refusal(() => model({ type: 'object', properties, $defs: { a } }));
    expect(message).toMatch(/more than 1000000 characters/);
    expect(details).toMatchObject({ issues: [{ path: 'outputSchema.$defs.a' }] });
  }
});

test('a long list of values beside many choices is refused, because each choice is combined with all of it', () => {
  const list = Array.from({ length: 4000 }, (_, n) => n);
  const anyOf = Array.from({ length: 1300 }, (_, n) => ({ minimum: n }));
  const schema = { type: 'object', properties: { a: { type: 'integer', enum: list, anyOf } } };
  const { message } = refusal(() => tool(schema));
  expect(message).toContain('is combined with too many other schemas');
  expect(() =>
    tool({ ...schema, properties: { a: { enum: list, anyOf: anyOf.slice(0, 20) } } }),
  ).not.toThrow();
});

test('two long lists of values are put together in no more time than it takes to read them', () => {
  const list = (from: number) => Array.from({ length: 2400 }, (_, n) => ({ n: n + from }));
  const schema = { type: 'object', properties: { a: { allOf: [{ enum: list(0) }, { enum: list(2399) }] } } };
  const started = performance.now();
  expect(tool(schema)).toMatchObject({ properties: { a: { enum: [{ n: 2399 }] } } });
  expect(performance.now() - started).toBeLessThan(1000);
});

test('a value is in two lists even if its names are sorted differently', () => {
  const allOf = [
    { enum: [{ a: [{ c: 1, b: null }], b: 1 }, [1, 2]] },
    { enum: [[2, 1], { b: 1, a: [{ b: null, c: 1 }] }] },
  ];
  expect(tool({ type: 'object', properties: { a: { allOf } } })).toMatchObject({
    properties: { a: { enum: [{ a: [{ b: null, c: 1 }], b: 1 }] } },
  });
});

test('any schema is either accepted or refused with a reason', () => {
  const schema = fc.dictionary(
    fc.oneof(
      fc.constantFrom('type', 'properties', 'items', '$ref', '$defs', 'anyOf', 'pattern', '__proto__'),
      fc.string(),
    ),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(schema, fc.constantFrom('native' as const, 'tool' as const), (fields, by) => {
      try {
        generationSchema(definitionsOf({ ...fields, type: 'object' }), by);
      } catch (error) {
        expect(error).toBeInstanceOf(ProxyError);
      }
    }),
  );
});
