import { isJsonObject, isObject, type Json, type JsonObject } from '../../json.ts';
import { keywordFault, patternsIn, type Schema, subschemasIn } from './keyword-rules.ts';
import { schemaError } from './schema-error.ts';

/**
 * Bounds on a schema, as it is written and with its references put in: far above what people write, and safe to walk. A
 * pattern takes time and memory to compile, which nothing can interrupt: 100 KB of classes such as `\\p{L}` several
 * seconds.
 */
export const most = {
  ...{ depth: 64, values: 10_000, characters: 1_000_000, pattern: 1000, patterns: 10_000 },
  /** Values of enums, each as often as its enum is combined with something. */
  combined: 200_000,
};

/** The root of the caller's schema, which is the first, or another place in it that a reference leads to. */
export interface Definition {
  /** A copy, whose references lead to definitions by their number. */
  readonly schema: Schema;
  /** Its place in the caller's schema. */
  readonly path: readonly string[];
}

/** Targets and names of references, of no use in a copy. The last three would mislead the check. */
const dropped: ReadonlySet<string> = new Set([
  ...['$defs', 'definitions', '$schema', '$id', 'id', '$anchor', '$dynamicAnchor', '$recursiveAnchor'],
  ...['__absolute_uri__', '__absolute_ref__', '__absolute_recursive_ref__'],
]);

/** Keywords whose value is data. In it, a `$ref` is a name like any other. */
const data: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'required', 'dependentRequired']);

const prefix = '#/$defs/';

/** The number of the definition that a reference of a copy leads to. */
export function numberOf(reference: string): number {
  return Number(reference.slice(prefix.length));
}

/** The caller's schema as one document, for a check of answers. */
export function documentOf(definitions: readonly Definition[]): JsonObject {
  return {
    $ref: `${prefix}0`,
    $defs: Object.fromEntries(definitions.map(({ schema }, number) => [number, schema])),
  };
}

/**
 * Reads the caller's schema, and finds its references' targets.
 *
 * @throws {ProxyError} `invalid_request` for a reference that leads nowhere, out of the schema, or round in a circle;
 *   for a keyword with an invalid value; and for a schema that is too deep or too large, or has too large patterns.
 */
export function definitionsOf(root: Readonly<Record<string, unknown>>): readonly Definition[] {
  const found: Place[] = [{ value: root, path: [] }];
  const numbers = new Map<unknown, number>([[root, 0]]);
  let values = 0;
  let patterns = 0;

  const count = (path: readonly string[]): void => {
    values += 1;
    if (values > most.values) throw schemaError([], `has more than ${most.values} values`);
    if (path.length > most.depth) throw schemaError([], `is deeper than ${most.depth} levels`);
  };

  const countPatterns = (keyword: string, value: unknown, path: readonly string[]): void => {
    for (const { length } of patternsIn(keyword, value)) {
      patterns += length;
      if (length > most.pattern) throw schemaError(path, `is longer than ${most.pattern} characters`);
      if (patterns > most.patterns) {
        throw schemaError(path, `has, with the patterns before it, more than ${most.patterns} characters`);
      }
    }
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

  const copyReference = (reference: unknown, path: readonly string[]): string => {
    if (typeof reference !== 'string') throw schemaError(path, 'must be a string');
    const place = follow(root, reference);
    if (place === undefined) {
      throw schemaError(path, 'must lead to a schema within this one, such as #/$defs/name');
    }
    const number = numbers.get(place.value) ?? found.push(place) - 1;
    numbers.set(place.value, number);
    return `${prefix}${number}`;
  };

  const copySchema = (value: unknown, path: readonly string[]): Schema => {
    count(path);
    if (typeof value === 'boolean') return value;
    if (!isObject(value)) throw schemaError(path, 'must be a schema');
    const copied: [keyword: string, value: Json][] = [];
    for (const [keyword, inner] of Object.entries(value)) {
      if (dropped.has(keyword)) continue;
      const at = [...path, keyword];
      countPatterns(keyword, inner, at);
      const fault = keywordFault(keyword, inner);
      if (fault) throw schemaError(at, fault);
      const kind = subschemasIn(keyword);
      if (keyword === '$ref') {
        copied.push([keyword, copyReference(inner, at)]);
      } else if (kind === 'one') {
        copied.push([keyword, copySchema(inner, at)]);
      } else if (kind === 'list' && Array.isArray(inner)) {
        copied.push([keyword, inner.map((item, index) => copySchema(item, [...at, String(index)]))]);
      } else if (kind === 'map' && isObject(inner)) {
        const items = Object.entries(inner).map(([name, item]) => [name, copySchema(item, [...at, name])]);
        copied.push([keyword, Object.fromEntries(items)]);
      } else if (data.has(keyword) || !isObject(inner)) {
        // The check would take any other object for a schema.
        copied.push([keyword, copy(inner, at)]);
      }
    }
    // Not one by one: `__proto__` would be another object's keywords.
    return Object.fromEntries(copied);
  };

  const definitions: Definition[] = [];
  // Finds more while it goes.
  for (const { value, path } of found) definitions.push({ schema: copySchema(value, path), path });
  refuseCircles(definitions);
  return definitions;
}

interface Place {
  readonly value: unknown;
  readonly path: readonly string[];
}

/** The schema that a reference such as `#/$defs/name` leads to. */
export function follow(root: unknown, reference: string): Place | undefined {
  const [document, pointer, ...more] = reference.split('#');
  if (document !== '' || pointer === undefined || more.length > 0) return undefined;
  // Generators of schemas mostly forget to encode.
  return [decoded(pointer), pointer].map((text) => placeAt(root, text)).find((place) => place !== undefined);
}

/** @see https://datatracker.ietf.org/doc/html/rfc6901 */
function placeAt(root: unknown, pointer: string | undefined): Place | undefined {
  const [start, ...encoded] = pointer?.split('/') ?? [];
  if (start !== '') return undefined;
  const path = encoded.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value: unknown = root;
  for (const key of path) {
    if ((!isObject(value) && !Array.isArray(value)) || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return isObject(value) || typeof value === 'boolean' ? { value, path } : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A circle that goes into no part of an answer asks nothing of it, and a check would never end. */
function refuseCircles(definitions: readonly Definition[]): void {
  const known = new Set<number>();
  const visit = (number: number, within: readonly number[]): void => {
    if (known.has(number)) return;
    if (within.length > most.depth) throw schemaError([], `refers through more than ${most.depth} others`);
    const { schema = true, path = [] } = definitions[number] ?? {};
    const around = [...within, number];
    for (const reference of referencesInPlace(schema, path)) {
      if (around.includes(reference.number)) {
        throw schemaError(reference.path, 'refers to itself. Let it refer to a schema');
      }
      visit(reference.number, around);
    }
    known.add(number);
  };
  for (const number of definitions.keys()) visit(number, []);
}

/** Keywords whose schemas apply to the same value as the schema around them. */
const inPlace: ReadonlySet<string> = new Set([
  ...['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas'],
]);

interface Reference {
  readonly number: number;
  readonly path: readonly string[];
}

function referencesInPlace(schema: Json, path: readonly string[]): Reference[] {
  if (!isJsonObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]): Reference[] => {
    const at = [...path, keyword];
    if (keyword === '$ref') return [{ number: numberOf(String(value)), path: at }];
    if (!inPlace.has(keyword)) return [];
    return subschemasIn(keyword) === 'one'
      ? referencesInPlace(value, at)
      : Object.entries<Json>(Object(value)).flatMap(([name, item]) => referencesInPlace(item, [...at, name]));
  });
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
