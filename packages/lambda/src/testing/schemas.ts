import type { StructuredOutput } from '@org/models';
import fc from 'fast-check';
import type { ChosenModel } from '../config.ts';
import type { Json, JsonObject } from '../json.ts';

/** A model whose answers are held to a schema in this way. */
export function modelBy(structuredOutput: StructuredOutput): ChosenModel {
  return {
    alias: 'model',
    modelId: 'model',
    price: undefined,
    definition: {
      upstream: 'converse',
      modelId: 'model',
      capabilities: [],
      structuredOutput,
      maxOutputTokens: 100,
      lifecycle: { status: 'active' },
    },
  };
}

const names = fc.constantFrom('a', 'b', 'c');

const references = fc
  .oneof(
    { weight: 9, arbitrary: fc.constantFrom('#/$defs/a', '#/$defs/b', '#/$defs/c', '#/%24defs/c', '#') },
    { weight: 1, arbitrary: fc.constantFrom('#/properties/a', '#/$defs/a/properties/b', '#/allOf/0') },
    { weight: 1, arbitrary: fc.constantFrom('#/$defs/d', 'other.json#/$defs/a') },
  )
  .map(($ref): JsonObject => ({ $ref }));

const scalars = fc.constantFrom<Json>(0, 1, 2, 1.5, 'a', 'b', '', true, null);

const types = fc.constantFrom<Json>(...['string', 'integer', 'number', 'boolean'], [
  'string',
  'number',
  'null',
]);

/** Any two of them may contradict each other. */
const bounds = fc
  .tuple(
    fc.constantFrom(
      ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
      ...['minLength', 'maxLength', 'minItems', 'maxItems'],
    ),
    fc.nat(3),
  )
  .map(([keyword, bound]): JsonObject => ({ [keyword]: bound }));

type Schemas = Record<'schema' | 'object' | 'leaf' | 'composed', JsonObject>;

/**
 * Schemas with references and `allOf` anywhere, most of all at the root. Bounds, to which Bedrock itself cannot hold a
 * model, are in them only for a model that is made to call a tool.
 */
export function composedSchemas(by: StructuredOutput): fc.Arbitrary<JsonObject> {
  const { schema, object } = fc.letrec<Schemas>((tie) => {
    const several = (maxLength: number) => fc.array(tie('schema'), { minLength: 1, maxLength });
    return {
      schema: fc.oneof({ maxDepth: 4 }, tie('leaf'), references, tie('object'), tie('composed')),
      leaf: fc.oneof(
        types.map((type): JsonObject => ({ type })),
        scalars.map((value): JsonObject => ({ const: value })),
        fc
          .uniqueArray(scalars, { minLength: 1, maxLength: 4 })
          .map((values): JsonObject => ({ enum: values })),
        ...(by === 'tool' ? [bounds] : []),
      ),
      object: fc
        .record({
          properties: fc.dictionary(names, fc.tuple(tie('schema'), fc.boolean()), { maxKeys: 3 }),
          required: fc.array(names, { maxLength: 1 }),
          closed: fc.nat(9),
        })
        .map(({ properties, required, closed }): JsonObject => {
          const listed = Object.entries(properties);
          const present = listed.flatMap(([name, [, isRequired]]) => (isRequired ? [name] : []));
          return {
            type: 'object',
            properties: Object.fromEntries(listed.map(([name, [property]]) => [name, property])),
            required: [...new Set([...required, ...present])],
            ...(closed < 2 && { additionalProperties: closed === 1 }),
          };
        }),
      composed: fc.oneof(
        fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(1) }),
        several(3).map((anyOf): JsonObject => ({ anyOf })),
        several(2).map((allOf): JsonObject => ({ allOf })),
        fc
          .tuple(tie('schema'), fc.oneof(references, tie('leaf')))
          .map((both): JsonObject => Object.assign({}, ...both)),
      ),
    };
  });
  const part = fc.oneof(object, references);
  const root = fc.oneof(
    part,
    fc.tuple(object, references).map((both): JsonObject => Object.assign({}, ...both)),
    fc.array(part, { minLength: 1, maxLength: 3 }).map((allOf): JsonObject => ({ allOf })),
  );
  return fc
    .tuple(root, fc.record({ a: object, b: object, c: schema }))
    .map(([fields, $defs]): JsonObject => ({ ...fields, $defs }));
}
