import { deepCompareStrict } from '@cfworker/json-schema';
import type { Json, JsonObject } from '../../json.ts';
import { arrayShape } from './arrays.ts';
import { subschemasIn } from './keyword-rules.ts';
import { objectShape } from './objects.ts';
import {
  allowsAll,
  annotations,
  type Combine,
  contradicted,
  innerPart,
  innerParts,
  type Keywords,
  keywordsOf,
  lastPlaceOf,
  NoValue,
  orFalse,
  type Part,
  type Shape,
} from './parts.ts';
import { type Definition, most } from './references.ts';
import { type Bounds, boundKeywords, boundsOf, emptyRange, type Type, typesOf, valuesOf } from './scalars.ts';
import { schemaError } from './schema-error.ts';

/**
 * The caller's schema as an object's, with its references put in and the rules for each place combined. Parts that no
 * value fits, or that lead back to themselves too often, are removed.
 *
 * @param closed Whether objects can have no properties but those that are listed.
 * @throws {ProxyError} `invalid_request` if that is impossible, or no answer fits, as far as that can be seen.
 */
export function combineSchema(definitions: readonly Definition[], closed: boolean): JsonObject {
  const combiner = new Combiner(definitions);
  const found = combiner.keywordsOf(
    definitions.slice(0, 1).map((root) => ({ ...root, within: [0], level: 0 })),
  );
  if (found instanceof NoValue) throw schemaError(found.path, found.reason);
  const choice = found.find(choiceIn);
  if (choice) throw schemaError([...choice.path, String(choiceIn(choice))], choiceAtRoot);
  const schema = combiner.merge(found, closed, 0);
  if (schema instanceof NoValue) throw schemaError(schema.path, schema.reason);
  const typed = found.findLast((part) => 'type' in part.schema) ?? found.at(-1);
  if (schema['type'] !== 'object')
    throw schemaError(typed?.path ?? [], "must have type 'object', and no other");
  return schema;
}

const choiceAtRoot =
  'cannot be at the root, because an answer is one object. Put it under a property of an object';

function choiceIn({ schema }: Keywords): 'anyOf' | 'oneOf' | undefined {
  return (['anyOf', 'oneOf'] as const).find((keyword) => keyword in schema);
}

class Combiner {
  readonly #definitions: readonly Definition[];
  #values = 0;
  #characters = 0;
  #combined = 0;

  constructor(definitions: readonly Definition[]) {
    this.#definitions = definitions;
  }

  /** The rules for one place. */
  keywordsOf(parts: readonly Part[]): readonly Keywords[] | NoValue {
    return keywordsOf(parts, this.#definitions, (path) => {
      this.#values += 1;
      if (this.#values > most.values) throw schemaError(path, `has more than ${most.values} values${putIn}`);
    });
  }

  /** Its single schema, if it contains no choice. */
  merge(found: readonly Keywords[], closed: boolean, depth: number): JsonObject | NoValue {
    for (const { schema, path } of found) {
      this.#combined += Array.isArray(schema['enum']) ? schema['enum'].length : 0;
      if (this.#combined > most.combined) throw schemaError(path, 'is combined with too many other schemas');
    }
    const types = typesOf(found);
    if (types instanceof NoValue) return types;
    if (found.some(({ schema }) => allowsAll(schema['not']))) {
      return new NoValue(lastPlaceOf(found, 'not'), contradicted);
    }
    const bounds = boundsOf(found);
    const values = valuesOf(types, bounds, found);
    if (values instanceof NoValue) return values;
    const combine: Combine = (parts, closedWithin) => this.#combine(parts, closedWithin, depth + 1);
    const shapes = types.map((type) => ({ type, ...shapeOf(type, found, bounds, closed, combine) }));
    const possible = shapes.filter(({ fault }) => fault === undefined);
    const [{ fault = undefined } = {}] = shapes;
    if (possible.length === 0 && fault) return fault;
    const typed = possible.length < types.length || found.some(({ schema }) => 'type' in schema);
    const [type, ...others] = possible.map((shape) => shape.type);
    const merged: JsonObject = {
      ...firstOf(found, (keyword) => !asking.has(keyword)),
      ...(typed && type !== undefined && { type: others.length > 0 ? [type, ...others] : type }),
      ...values,
      ...bounds,
      ...Object.assign({}, ...possible.map(({ keywords }) => keywords)),
      ...restOf(found, combine),
    };
    this.#count(merged, found);
    return merged;
  }

  #combine(parts: readonly Part[], closed: boolean, depth: number): JsonObject | NoValue {
    if (depth > most.depth)
      throw schemaError(parts[0]?.path ?? [], `is deeper than ${most.depth} levels${putIn}`);
    const found = this.keywordsOf(parts);
    if (found instanceof NoValue) return found;
    const chosen = found.find(choiceIn);
    return chosen ? this.#choose(chosen, found, closed, depth) : this.merge(found, closed, depth);
  }

  /** Puts the keywords beside a choice into each of its branches, with the same meaning. */
  #choose(
    chosen: Keywords,
    found: readonly Keywords[],
    closed: boolean,
    depth: number,
  ): JsonObject | NoValue {
    const keyword = choiceIn(chosen) ?? 'anyOf';
    const shared = found.flatMap((part) => {
      const kept = Object.entries(part.schema).filter(
        ([name]) => !annotations.includes(name) && !(part === chosen && name === keyword),
      );
      return kept.length > 0 ? [{ ...part, schema: Object.fromEntries(kept) }] : [];
    });
    const all = [...innerParts(chosen, keyword).values()];
    const combined = (keyword === 'oneOf' ? singles(all) : all).map((branch) =>
      this.#combine([...shared, { ...branch, level: chosen.level + 1 }], closed, depth + 1),
    );
    const possible = combined.flatMap((branch) => (branch instanceof NoValue ? [] : [branch]));
    const [only, ...others] = possible;
    if (!only) {
      const [fault] = combined.flatMap((branch) => (branch instanceof NoValue ? [branch] : []));
      return fault ?? new NoValue([...chosen.path, keyword], everyTwice);
    }
    const outer = firstOf(found, (name) => annotations.includes(name));
    this.#count(outer, found);
    return others.length > 0 ? { ...outer, [keyword]: possible } : { ...only, ...outer };
  }

  /** @param found What it was made of: the last of it is what was put in there. */
  #count(merged: JsonObject, found: readonly Keywords[]): void {
    const own = Object.entries(merged).map(([keyword, value]) => {
      const subschemas = keyword === 'allOf' ? undefined : subschemasIn(keyword);
      return [
        keyword,
        subschemas === undefined ? value : subschemas === 'map' ? Object.keys(Object(value)) : null,
      ];
    });
    this.#characters += JSON.stringify(own).length;
    if (this.#characters > most.characters) {
      throw schemaError(found.at(-1)?.path ?? [], `has more than ${most.characters} characters${putIn}`);
    }
  }
}

const putIn = ', with its references put in';

const everyTwice = 'has every choice twice, and no value fits exactly one';

/** Without duplicates: a value that fits a duplicate does not fit exactly one. */
function singles(branches: readonly Part[]): Part[] {
  const byText = Map.groupBy(branches, ({ schema }) => JSON.stringify(schema));
  return [...byText.values()].flatMap((same) => (same.length === 1 ? same : []));
}

function shapeOf(
  type: Type,
  found: readonly Keywords[],
  bounds: Bounds,
  closed: boolean,
  combine: Combine,
): Shape {
  switch (type) {
    case 'object':
      return objectShape(found, bounds, closed, combine);
    case 'array':
      return arrayShape(found, bounds, closed, combine);
    default:
      return { keywords: {}, fault: emptyRange(type, bounds, found) };
  }
}

/** Keywords of which one can ask for all that two ask for. */
const merging = [
  ...['type', 'enum', 'const', ...boundKeywords, 'uniqueItems', 'items', 'prefixItems'],
  ...['required', 'properties', 'patternProperties', 'additionalProperties'],
];

/** Keywords that only a schema of their own can ask for twice; those in one list depend on each other. */
const apart = [
  ...[['pattern'], ['format'], ['multipleOf'], ['not'], ['if', 'then', 'else']],
  ...[['contains', 'minContains', 'maxContains'], ['propertyNames'], ['dependentRequired']],
  ...[['dependentSchemas'], ['unevaluatedProperties'], ['unevaluatedItems']],
];

/** Any other keyword asks nothing of a value. */
const asking: ReadonlySet<string> = new Set([...merging, ...apart.flat()]);

/** The values of some keywords, each as the outermost has it. */
function firstOf(found: readonly Keywords[], wanted: (keyword: string) => boolean): JsonObject {
  const innermostFirst = found.toReversed().flatMap(({ schema }) => Object.entries(schema));
  return Object.fromEntries(innermostFirst.filter(([keyword]) => wanted(keyword)));
}

function restOf(found: readonly Keywords[], combine: Combine): JsonObject {
  const kept = new Map<string, Json>();
  const allOf: JsonObject[] = [];
  for (const part of found) {
    const again: [keyword: string, value: Json][] = [];
    for (const keywords of apart) {
      const own = keywords.filter((keyword) => keyword in part.schema);
      const written = own.map((keyword): [string, Json] => [keyword, writtenOf(part, keyword, combine)]);
      if (!keywords.some((keyword) => kept.has(keyword))) for (const [k, v] of written) kept.set(k, v);
      else if (written.some(([k, v]) => !deepCompareStrict(v, kept.get(k)))) again.push(...written);
    }
    if (again.length > 0) allOf.push(Object.fromEntries(again));
  }
  return { ...Object.fromEntries(kept), ...(allOf.length > 0 && { allOf }) };
}

/** A keyword as the model reads it, with its references put in. */
function writtenOf(part: Keywords, keyword: string, combine: Combine): Json {
  switch (subschemasIn(keyword)) {
    case 'one':
      return orFalse(combine(innerPart(part, keyword), false));
    case 'map':
      return Object.fromEntries(
        [...innerParts(part, keyword)].map(([name, inner]) => [name, orFalse(combine([inner], false))]),
      );
    default:
      return part.schema[keyword] ?? null;
  }
}
