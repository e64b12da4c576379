import { isJsonObject, isObject, type Json, type JsonObject } from '../../json.ts';
import { keywordFault } from './keyword-rules.ts';
import { schemaError } from './schema-error.ts';

/** Bounds on a schema with its references put in: far above what people write, and safe to walk. */
const most = { depth: 64, values: 10_000 };

/** What references lead to, or are read by; of no use once the references are put in. */
const definitions: ReadonlySet<string> = new Set([
  ...['$defs', 'definitions', '$schema', '$id', 'id', '$anchor', '$dynamicAnchor', '$recursiveAnchor'],
]);

/** Keywords whose value is data and no schema, where a `$ref` is a name like any other. */
const data: ReadonlySet<string> = new Set([
  ...['enum', 'const', 'default', 'examples', 'required', 'dependentRequired'],
]);

/** Keywords that ask nothing of an answer. */
const annotations: ReadonlySet<string> = new Set(['title', 'description', 'default', 'examples']);

/** Keywords whose value maps names to schemas: a property may be called `$ref`. */
const maps: ReadonlySet<string> = new Set([
  ...['properties', 'patternProperties', 'dependentSchemas', 'dependencies'],
]);

/**
 * Puts what references lead to in their place, because not every model follows references.
 *
 * @throws {ProxyError} `invalid_request` for a reference that leads nowhere, out of the schema, or back to itself; for
 *   a keyword whose value cannot be; and for a schema that is too deep or too large.
 */
export function expandReferences(schema: Readonly<Record<string, unknown>>): JsonObject {
  let values = 0;

  const count = (path: readonly string[]): void => {
    values += 1;
    if (values > most.values) throw schemaError([], `has more than ${most.values} values`);
    if (path.length > most.depth) throw schemaError([], `is deeper than ${most.depth} levels`);
  };

  const copy = (value: unknown, path: readonly string[]): Json => {
    count(path);
    if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, String(index)]));
    if (isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, copy(item, [...path, key])]),
      );
    }
    return scalar(value);
  };

  const expand = (value: unknown, path: readonly string[], within: readonly string[]): Json => {
    count(path);
    if (Array.isArray(value)) {
      return value.map((item, index) => expand(item, [...path, String(index)], within));
    }
    if (!isObject(value)) return scalar(value);
    const { $ref: reference, ...rest } = value;
    if (reference === undefined) return expandKeywords(rest, path, within);
    if (typeof reference !== 'string') throw schemaError([...path, '$ref'], 'must be a string');
    if (within.includes(reference)) {
      throw schemaError([...path, '$ref'], 'leads back to itself, and an answer can have no unbounded depth');
    }
    const target = follow(schema, reference);
    if (target === undefined) {
      throw schemaError([...path, '$ref'], 'must lead to a place within the schema, such as #/$defs/name');
    }
    const expanded = expand(target, path, [...within, reference]);
    const beside = expandKeywords(rest, path, within);
    if (!isJsonObject(expanded)) return expanded;
    // What stands beside a reference holds too.
    return Object.keys(beside).every((keyword) => annotations.has(keyword))
      ? { ...expanded, ...beside }
      : { allOf: [expanded, beside] };
  };

  const expandKeywords = (
    keywords: Readonly<Record<string, unknown>>,
    path: readonly string[],
    within: readonly string[],
  ): JsonObject => {
    const expanded: [keyword: string, value: Json][] = [];
    for (const [keyword, value] of Object.entries(keywords)) {
      if (definitions.has(keyword)) continue;
      const at = [...path, keyword];
      const fault = keywordFault(keyword, value);
      if (fault) throw schemaError(at, fault);
      if (data.has(keyword)) {
        expanded.push([keyword, copy(value, at)]);
      } else if (maps.has(keyword) && isObject(value)) {
        const items = Object.entries(value).map(([name, item]) => [
          name,
          expand(item, [...at, name], within),
        ]);
        expanded.push([keyword, Object.fromEntries(items)]);
      } else {
        expanded.push([keyword, expand(value, at, within)]);
      }
    }
    // Not one by one: `__proto__` would be another object's keywords.
    return Object.fromEntries(expanded);
  };

  return expandKeywords(schema, [], []);
}

/** What a reference such as `#/$defs/name` leads to. */
function follow(schema: unknown, reference: string): unknown {
  const [document, pointer, ...more] = reference.split('#');
  if (document !== '' || pointer === undefined || more.length > 0) return undefined;
  if (pointer === '') return schema;
  if (!pointer.startsWith('/')) return undefined;
  let found: unknown = schema;
  for (const encoded of pointer.slice(1).split('/')) {
    const key = encoded.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(found)) found = found[Number(key)];
    else if (isObject(found) && Object.hasOwn(found, key)) found = found[key];
    else return undefined;
  }
  return found;
}

function scalar(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    default:
      return null;
  }
}
