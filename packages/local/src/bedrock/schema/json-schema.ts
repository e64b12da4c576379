/** A JSON Schema as it comes: any of its keywords may hold anything. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export function isJsonSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schemas in a keyword that holds schemas by name, such as `properties`. */
export function namedSchemas(value: unknown): [name: string, schema: JsonSchema][] {
  if (!isJsonSchema(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, JsonSchema] => isJsonSchema(entry[1]));
}

/** The schemas in a keyword that holds a list of them, such as `anyOf`. */
export function listedSchemas(value: unknown): JsonSchema[] {
  return Array.isArray(value) ? value.filter(isJsonSchema) : [];
}

/**
 * The schema that a `$ref` within `root` points to; `undefined` where it points nowhere, or out of the schema.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6901
 */
export function resolveReference(root: JsonSchema, reference: string): JsonSchema | undefined {
  if (!reference.startsWith('#')) return undefined;
  const segments = decodeURIComponent(reference.slice(1))
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  let target: unknown = root;
  for (const segment of segments) {
    target = isJsonSchema(target) || Array.isArray(target) ? Reflect.get(target, segment) : undefined;
  }
  return isJsonSchema(target) ? target : undefined;
}
