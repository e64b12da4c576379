import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { Schema } from './keyword-rules.ts';
import { type Definition, most, numberOf } from './references.ts';
import { schemaError } from './schema-error.ts';

/** One of the schemas that a value must fit. */
export interface Part {
  readonly schema: Schema;
  /** Its place in the caller's schema. */
  readonly path: readonly string[];
  /** The numbers of the definitions that it stands in, outermost first. */
  readonly within: readonly number[];
  /** How many references, `allOf` and the like lead from the value's own schema to this one. */
  readonly level: number;
}

/** Keywords that hold where they stand: neither a reference nor an `allOf`. */
export interface Keywords extends Part {
  readonly schema: JsonObject;
}

/** A proof that no value fits, and its place. */
export class NoValue {
  readonly path: readonly string[];
  readonly reason: string;

  constructor(path: readonly string[], reason: string) {
    this.path = path;
    this.reason = reason;
  }
}

/** Makes one schema of those that a value within must fit, in which objects are closed or not. */
export type Combine = (parts: readonly Part[], closed: boolean) => JsonObject | NoValue;

/** The rules for one type's values, and the reason if there are none. */
export interface Shape {
  readonly keywords: JsonObject;
  readonly fault: NoValue | undefined;
}

export function orFalse(combined: JsonObject | NoValue): JsonObject | false {
  return combined instanceof NoValue ? false : combined;
}

/** How often a schema may stand in itself: an answer of Bedrock's can have no unbounded depth. */
const mostRecursions = 3;

/** Keywords that ask nothing of a value. */
export const annotations: readonly string[] = ['title', 'description', 'default', 'examples'];

/** The schema that a keyword is, if a part has it. */
export function innerPart(part: Keywords, keyword: string): Part[] {
  const schema = part.schema[keyword];
  return isSchema(schema) ? [{ ...part, schema, path: [...part.path, keyword], level: 0 }] : [];
}

/** The schemas that a keyword lists, or maps names to; by their names, or places in the list. */
export function innerParts(part: Keywords, keyword: string): ReadonlyMap<string, Part> {
  const value = part.schema[keyword];
  const inner = typeof value === 'object' && value !== null ? Object.entries<Json>(value) : [];
  return new Map(
    inner.flatMap(([name, schema]) =>
      isSchema(schema) ? [[name, { ...part, schema, path: [...part.path, keyword, name], level: 0 }]] : [],
    ),
  );
}

/** Whether a schema is one that every value fits, as far as can be seen at once. */
export function allowsAll(schema: Json | undefined): boolean {
  return schema === true || (isJsonObject(schema) && Object.keys(schema).length === 0);
}

function isSchema(value: Json | undefined): value is Schema {
  return isJsonObject(value) || typeof value === 'boolean';
}

/**
 * All that parts ask of a value, with references followed and each `allOf` opened, outermost first.
 *
 * @param count Is called with the place of each part on the way, and once for none.
 * @throws {ProxyError} `invalid_request` if one of them would then mean something else.
 */
export function keywordsOf(
  parts: readonly Part[],
  definitions: readonly Definition[],
  count: (path: readonly string[]) => void,
): readonly Keywords[] | NoValue {
  const found: Keywords[] = [];
  const waiting = [...parts];
  if (parts.length === 0) count([]);
  for (let part = waiting.shift(); part; part = waiting.shift()) {
    const { schema, path } = part;
    count(path);
    if (schema === true) continue;
    if (schema === false) {
      return new NoValue(path, path.at(-1) === 'additionalProperties' ? excluded : nothing);
    }
    const { $ref: reference, allOf: _, ...keywords } = schema;
    const target = typeof reference === 'string' ? follow(reference, part, definitions) : [];
    if (target instanceof NoValue) return target;
    if (Object.keys(keywords).length > 0) found.push({ ...part, schema: keywords });
    const inner = [...target, ...innerParts({ ...part, schema }, 'allOf').values()];
    waiting.unshift(...inner.map((each) => ({ ...each, level: part.level + 1 })));
  }
  refuseUnevaluated(
    found.filter(({ schema }) => Object.keys(schema).some((name) => !annotations.includes(name))),
  );
  return found;
}

function follow(
  reference: string,
  { path, within }: Part,
  definitions: readonly Definition[],
): Omit<Part, 'level'>[] | NoValue {
  const at = [...path, '$ref'];
  const number = numberOf(reference);
  if (within.filter((outer) => outer === number).length > mostRecursions) return new NoValue(at, endless);
  if (within.length > most.depth) throw schemaError(at, `is nested in ${most.depth} others`);
  const definition = definitions[number];
  return definition ? [{ ...definition, within: [...within, number] }] : [];
}

/** What is unevaluated depends on what a schema holds itself, and on more once it is one with others. */
function refuseUnevaluated(found: readonly Keywords[]): void {
  for (const [index, { schema, path, level }] of found.entries()) {
    const keyword = ['unevaluatedProperties', 'unevaluatedItems'].find((name) => name in schema);
    const holdsTheOthers = index === 0 && found.slice(1).every((other) => other.level > level);
    if (keyword !== undefined && !holdsTheOthers) throw schemaError([...path, keyword], unmergeable);
  }
}

/** The place of the last of some keywords. The keywords that it contradicts stand before it. */
export function lastPlaceOf(found: readonly Keywords[], ...keywords: readonly string[]): readonly string[] {
  const places = found.flatMap(({ schema, path }) =>
    keywords.filter((keyword) => keyword in schema).map((keyword) => [...path, keyword]),
  );
  return places.at(-1) ?? found.at(-1)?.path ?? [];
}

export const contradicted = 'allows no value together with the other rules here';
const nothing = 'allows no value, but an answer needs one here';
const excluded =
  'excludes a property that is required. List the property there too, or leave additionalProperties out';
const endless = 'refers to itself on every path, so no answer can end. Make a property on the path optional';
export const unmergeable =
  'cannot be merged with the other rules here. Put it into the schema that holds the allOf or the $ref';
