import {
  isJsonSchema,
  type JsonSchema,
  listedSchemas,
  namedSchemas,
  resolveReference,
} from './json-schema.ts';

const unsupported = [
  ...['maximum', 'minimum', 'exclusiveMaximum', 'exclusiveMinimum', 'multipleOf'],
  ...['maxLength', 'minLength', 'maxItems'],
];

/**
 * What Bedrock has against a schema for structured output; `undefined` where nothing. It takes a subset of JSON
 * Schema. That `maxItems` and the exclusive bounds are refused too is not documented, but was seen.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function unsupportedIn(root: JsonSchema): string | undefined {
  const check = (schema: JsonSchema, within: readonly JsonSchema[]): string | undefined => {
    const { type, minItems, $ref: reference } = schema;
    if ((type === 'object' || 'properties' in schema) && schema['additionalProperties'] !== false) {
      return "For 'object' type, 'additionalProperties' must be explicitly set to false";
    }
    const keywords = unsupported.filter((keyword) => keyword in schema);
    if (keywords.length > 0) {
      return `For '${String(type)}' type, properties ${keywords.join(', ')} are not supported`;
    }
    if (minItems !== undefined && minItems !== 0 && minItems !== 1) {
      return "For 'array' type, 'minItems' values other than 0 or 1 are not supported";
    }
    const children = [
      ...namedSchemas(schema['properties']).map(([, child]) => child),
      ...namedSchemas(schema['$defs']).map(([, child]) => child),
      ...namedSchemas(schema['definitions']).map(([, child]) => child),
      ...(isJsonSchema(schema['items']) ? [schema['items']] : []),
      ...['anyOf', 'allOf', 'oneOf', 'prefixItems'].flatMap((keyword) => listedSchemas(schema[keyword])),
    ];
    if (typeof reference === 'string') {
      const target = resolveReference(root, reference);
      if (!target) return `Reference '${reference}' is not supported: it must point within the schema`;
      if (target === schema || within.includes(target)) return 'Recursive schemas are not supported';
      children.push(target);
    }
    for (const child of children) {
      const problem = check(child, [...within, schema]);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  return check(root, []);
}
