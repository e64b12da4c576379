import { errorDefinition } from '@org/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyJson, oddText, runs } from '../../fuzz.ts';
import type { Json, JsonObject } from '../../json.ts';
import { ProxyError } from '../../proxy-error.ts';
import { outputOf, type StructuredCall, structuredCall } from './structured-output.ts';

const models = (['native', 'tool'] as const).map((structuredOutput) => ({
  alias: 'model',
  modelId: 'model',
  price: undefined,
  definition: {
    upstream: 'converse' as const,
    modelId: 'model',
    capabilities: [],
    structuredOutput,
    maxOutputTokens: 100,
    lifecycle: { status: 'active' as const },
  },
}));

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

test('whatever the schema, it is refused with a reason, or any answer is found to fit it or not', () => {
  fc.assert(
    fc.property(
      anySchema,
      fc.constantFrom(...models),
      fc.array(outputs, { maxLength: 2 }),
      (fields, model, texts) => {
        let call: StructuredCall | undefined;
        const refusal = refusalOf(() => {
          call = structuredCall({ outputSchema: { ...fields, type: 'object' } }, model);
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
