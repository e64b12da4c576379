import { Validator } from '@cfworker/json-schema';
import { errorDefinition } from '@org/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { ProxyError } from '../../proxy-error.ts';
import { anyJson, oddText, runs } from '../../testing/fuzz.ts';
import { composedSchemas, modelBy } from '../../testing/schemas.ts';
import { combineSchema } from './combine.ts';
import { namedInUnicode } from './output-check.ts';
import { type Definition, definitionsOf, documentOf } from './references.ts';
import { outputOf, type StructuredCall, structuredCall } from './structured-output.ts';

const ways = ['native', 'tool'] as const;

/** Keywords of every draft that a caller may know, whether or not they are known here. */
const keywords = fc.constantFrom(
  ...['type', 'properties', 'required', 'items', 'prefixItems', 'enum', 'const'],
  ...['anyOf', 'allOf', 'oneOf', 'not'],
  ...['additionalProperties', 'patternProperties', 'propertyNames', 'dependentSchemas', 'dependentRequired'],
  ...['if', 'then', 'else', 'contains', 'minContains', 'maxContains', 'uniqueItems', 'minItems', 'maxItems'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['pattern', 'format', 'minProperties', 'maxProperties', 'unevaluatedItems', 'unevaluatedProperties'],
  ...['$ref', '$defs', 'definitions', '$id', 'id', '$anchor', '$dynamicRef'],
  ...['$dynamicAnchor', '$recursiveRef'],
  ...['$recursiveAnchor', '$schema', '$comment', 'title', 'description', 'default', 'additionalItems'],
  ...['dependencies', 'nullable', 'contentEncoding', '__absolute_uri__', '__absolute_ref__'],
);

const values = fc.constantFrom<Json>(
  ...['object', 'array', 'string', 'integer', 'null'],
  ...['#', '#/$defs/a', '#/properties/a', '#a', 'a', '^a*$', '('],
  ...['email', 'uri', 'regex', 'json-pointer', 'toString', 'a.json', 'http://a.example/a'],
  ...[0, 1, -1, 0.5, true, false, null],
);

const { schema: anySchema } = fc.letrec<{ schema: JsonObject; value: Json }>((tie) => ({
  schema: fc
    .array(
      fc.tuple(fc.oneof({ weight: 9, arbitrary: keywords }, { weight: 1, arbitrary: oddText }), tie('value')),
      {
        maxLength: 5,
      },
    )
    .map((entries): JsonObject => Object.fromEntries(entries)),
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    values,
    tie('schema'),
    fc.array(fc.oneof(values, tie('schema')), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__', '$ref'), tie('schema'), { maxKeys: 2 }),
    anyJson,
  ),
}));

const outputs = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), anyJson).map((o) => JSON.stringify(o)),
  },
  { weight: 2, arbitrary: anyJson.map((output) => JSON.stringify(output)) },
  { weight: 1, arbitrary: fc.string() },
);

function refusalOf(work: () => unknown): ProxyError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof ProxyError) return error;
    throw error;
  }
}

test('any schema is refused with a reason, or can be checked against any answer', () => {
  fc.assert(
    fc.property(
      anySchema,
      fc.constantFrom(...ways),
      fc.array(outputs, { maxLength: 2 }),
      (fields, way, texts) => {
        let call: StructuredCall | undefined;
        const refusal = refusalOf(() => {
          call = structuredCall({ outputSchema: { ...fields, type: 'object' } }, modelBy(way));
        });
        if (refusal) expect(errorDefinition(refusal.statement.code).status).toBe(400);
        if (!call) return;
        const { checked, schema } = call;
        expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
        for (const text of texts) {
          const fault = refusalOf(() =>
            outputOf({ by: 'tool', checked, schema }, { text, stopReason: 'end_turn' }),
          );
          expect(['invalid_output', undefined]).toContain(fault?.statement.code);
        }
      },
    ),
    runs(200),
  );
});

/** Objects that many a composed schema takes. */
const { objects } = fc.letrec<{ value: Json; objects: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    {
      weight: 4,
      arbitrary: fc.constantFrom<Json>(-1, 0, 1, 1.5, 2, 2.5, 3, 'a', 'b', '', 'aaa', true, null),
    },
    fc.array(tie('value'), { maxLength: 3 }),
    tie('objects'),
  ),
  objects: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
}));

/** One or more for any bounds of whole numbers from 0 to 3. */
const numbers = [-1e9, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 1e9];

function isWithin(schema: JsonObject, number: number): boolean {
  const {
    type,
    minimum = -Infinity,
    maximum = Infinity,
    exclusiveMinimum = -Infinity,
    exclusiveMaximum = Infinity,
  } = schema;
  return (
    (type === 'number' || Number.isInteger(number)) &&
    number >= Number(minimum) &&
    number <= Number(maximum) &&
    number > Number(exclusiveMinimum) &&
    number < Number(exclusiveMaximum)
  );
}

/** Any answer of a model that keeps to its enforced schema, and to its description of empty arrays. */
function answersTo(schema: Json | undefined): fc.Arbitrary<Json> {
  if (!isJsonObject(schema)) return anyJson;
  const { type, enum: values, anyOf, properties, required, items, minItems, maxItems, description } = schema;
  if ('const' in schema) return fc.constant(schema['const'] ?? null);
  if (Array.isArray(values)) return fc.constantFrom(...values);
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map(answersTo));
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => answersTo({ ...schema, type: one })));
  switch (type) {
    case 'object': {
      const listed = Object.entries(isJsonObject(properties) ? properties : {});
      const present = Array.isArray(required) ? required.map(String) : [];
      return fc.record(Object.fromEntries(listed.map(([name, item]) => [name, answersTo(item)])), {
        requiredKeys: present,
      });
    }
    case 'array': {
      const isEmpty = maxItems === 0 || String(description).includes('"maxItems":0');
      const minLength = Number(minItems ?? 0);
      return isEmpty
        ? fc.constant([])
        : fc.array(answersTo(items), { minLength, maxLength: Number(maxItems ?? minLength + 2) });
    }
    case 'string': {
      const { minLength = 0, maxLength = Number(minLength) + 3 } = schema;
      return fc.string({ minLength: Number(minLength), maxLength: Number(maxLength) });
    }
    case 'integer':
    case 'number':
      return fc.constantFrom(...numbers.filter((number) => isWithin(schema, number)));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      // Bounds of no type leave all of another one.
      return Object.keys(schema).length > 0 ? fc.constantFrom(true, null) : anyJson;
  }
}

test.each(ways)('any answer that is held to an accepted composed schema fits the schema (%s)', (way) => {
  let taken = 0;
  fc.assert(
    fc.property(composedSchemas(way), fc.gen(), (outputSchema, draw) => {
      let call: StructuredCall | undefined;
      const refusal = refusalOf(() => {
        call = structuredCall({ outputSchema }, modelBy(way));
      });
      if (refusal) {
        expect(refusal.statement).toMatchObject({ code: 'invalid_request', param: 'outputSchema' });
        return;
      }
      if (!call) return;
      taken += 1;
      expect(call.schema['type']).toBe('object');
      expect(JSON.stringify(call.schema)).not.toContain('$ref');
      expect(
        new Validator({ ...call.checked }, '2020-12').validate(namedInUnicode(draw(answersTo, call.schema)))
          .errors,
      ).toEqual([]);
    }),
    runs(1000),
  );
  expect(taken).toBeGreaterThan(runs(200).numRuns);
});

test('where no answer is found to fit a composed schema, none does', () => {
  fc.assert(
    fc.property(
      composedSchemas('tool'),
      fc.array(objects, { minLength: 50, maxLength: 50 }),
      (schema, answers) => {
        let definitions: readonly Definition[] = [];
        const unread = refusalOf(() => {
          definitions = definitionsOf({ type: 'object', ...schema });
        });
        const refusal = refusalOf(() => combineSchema(definitions, false));
        const [issue] = (refusal?.hasCode('invalid_request') && refusal.statement.details?.issues) || [];
        if (unread || !issue) return;
        // Refused for another reason: a choice at the root, or its size.
        const { path, message } = issue;
        if (
          path === 'outputSchema' ||
          path.endsWith('.anyOf') ||
          /^(?:has more|is deeper) than/.test(message)
        )
          return;
        const check = new Validator({ ...documentOf(definitions) }, '2020-12');
        for (const answer of answers) expect(check.validate(answer).valid).toBe(false);
      },
    ),
    runs(300),
  );
});
