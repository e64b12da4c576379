import { Validator } from '@cfworker/json-schema';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { contradicted, type Keywords, lastPlaceOf, NoValue } from './parts.ts';

/** A type of JSON Schema. This file intersects types, bounds and values of schemas that apply together. */
export type Type = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';

const everyType: readonly Type[] = ['object', 'array', 'string', 'number', 'boolean', 'null'];

/** The types that satisfy every part. */
export function typesOf(found: readonly Keywords[]): readonly Type[] | NoValue {
  let left = everyType;
  for (const { schema, path } of found) {
    const types = [schema['type'] ?? [...everyType]].flat().map(String);
    left = left.flatMap((type) => common(type, types));
    if (left.length === 0) return new NoValue([...path, 'type'], contradicted);
  }
  return left;
}

/** A type's intersection with others: an integer is a number. */
function common(type: Type, types: readonly string[]): Type[] {
  if (types.includes(type)) return [type];
  const other = type === 'number' ? 'integer' : type === 'integer' ? 'number' : undefined;
  return other !== undefined && types.includes(other) ? ['integer'] : [];
}

/** The stricter of two bounds. */
const stricter = {
  ...{ minimum: Math.max, maximum: Math.min, exclusiveMinimum: Math.max, exclusiveMaximum: Math.min },
  ...{ minLength: Math.max, maxLength: Math.min, minItems: Math.max, maxItems: Math.min },
  ...{ minProperties: Math.max, maxProperties: Math.min },
};

export const boundKeywords: readonly string[] = Object.keys(stricter);

/** Between which numbers a value, or its size, must be. */
export type Bounds = { readonly [Keyword in keyof typeof stricter]?: number };

/** The bounds that satisfy every part. */
export function boundsOf(found: readonly Keywords[]): Bounds {
  return Object.fromEntries(
    Object.entries(stricter).flatMap(([keyword, stricterOf]) => {
      const bounds = found.map(({ schema }) => schema[keyword]).filter((bound) => typeof bound === 'number');
      return bounds.length > 0 ? [[keyword, bounds.reduce((one, other) => stricterOf(one, other))]] : [];
    }),
  );
}

/** The place at which bounds leave no value of a type. For objects and arrays it depends on their contents. */
export function emptyRange(type: Type, bounds: Bounds, found: readonly Keywords[]): NoValue | undefined {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = bounds;
  switch (type) {
    case 'string':
      return minLength > maxLength
        ? new NoValue(lastPlaceOf(found, 'minLength', 'maxLength'), contradicted)
        : undefined;
    case 'number':
    case 'integer':
      return hasNumber(bounds, stepOf(type, found))
        ? undefined
        : new NoValue(lastPlaceOf(found, ...numeric), contradicted);
    default:
      return undefined;
  }
}

const numeric = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

/** A number's required divisor. Fractions are left out: their multiples are rounded. */
function stepOf(type: Type, found: readonly Keywords[]): number | undefined {
  const step = found.map(({ schema }) => Number(schema['multipleOf'])).find(Number.isSafeInteger);
  return step ?? (type === 'integer' ? 1 : undefined);
}

function hasNumber(bounds: Bounds, step: number | undefined): boolean {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum, exclusiveMaximum } = bounds;
  const low = Math.max(minimum, exclusiveMinimum ?? -Infinity);
  const high = Math.min(maximum, exclusiveMaximum ?? Infinity);
  if (step === undefined || Math.max(-low, high) > Number.MAX_SAFE_INTEGER) {
    return low < high || (low === high && low !== exclusiveMinimum && low !== exclusiveMaximum);
  }
  const least = Math.ceil(low / step) * step;
  const first = least === exclusiveMinimum ? least + step : least;
  return first <= high && first !== exclusiveMaximum;
}

/** The `const` or `enum` values that satisfy every part, as far as that is quick to check: a pattern may take years. */
export function valuesOf(
  types: readonly Type[],
  bounds: Bounds,
  found: readonly Keywords[],
): JsonObject | NoValue {
  // A list that several references lead to is one.
  const lists = [
    ...new Set(
      found.flatMap(({ schema }): Json[][] => [
        ...(schema['const'] === undefined ? [] : [[schema['const']]]),
        ...(Array.isArray(schema['enum']) ? [schema['enum']] : []),
      ]),
    ),
  ];
  const [list, ...others] = lists.toSorted((one, other) => one.length - other.length);
  if (!list) return {};
  const steps = found.map(({ schema }) => schema['multipleOf']).filter((step) => typeof step === 'number');
  const rest = { type: [...types], ...bounds, ...(steps[0] !== undefined && { multipleOf: steps[0] }) };
  const check = new Validator(rest, '2020-12');
  const texts = others.map(textsOf);
  const values = list.filter((value) => {
    const text = sortedText(value);
    return texts.every((all) => all.has(text)) && check.validate(value).valid;
  });
  const [first] = values;
  if (first === undefined) return new NoValue(lastPlaceOf(found, 'enum', 'const'), contradicted);
  return found.some(({ schema }) => 'const' in schema) ? { const: first } : { enum: values };
}

const read = new WeakMap<readonly Json[], ReadonlySet<string>>();

/** The values of a list as text, made once: each choice beside a list asks for it again. */
function textsOf(list: readonly Json[]): ReadonlySet<string> {
  const texts = read.get(list) ?? new Set(list.map(sortedText));
  read.set(list, texts);
  return texts;
}

/** The same string for equal values, in any order of their names. */
function sortedText(value: Json): string {
  return JSON.stringify(value, (_name, inner: Json) =>
    isJsonObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
