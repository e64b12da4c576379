import { isObject, type JsonObject } from '../../json.ts';

/** A schema, or what stands for one that every value fits, or none. */
export type Schema = JsonObject | boolean;

/** The valid values of a keyword. With any other, no answer fits. */
interface Rule {
  readonly holds: (value: unknown) => boolean;
  readonly otherwise: string;
  readonly subschemas?: Subschemas;
}

/** How the value of a keyword holds schemas: it is one, a list of them, or maps names to them. */
type Subschemas = 'one' | 'list' | 'map';

const types: ReadonlySet<unknown> = new Set([
  ...['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'],
]);

const isSchema = (value: unknown) => isObject(value) || typeof value === 'boolean';
const isList = (value: unknown, holds: (item: unknown) => boolean) =>
  Array.isArray(value) && value.length > 0 && value.every(holds);

const schema: Rule = { holds: isSchema, otherwise: 'must be a schema', subschemas: 'one' };
const schemas: Rule = {
  holds: (value) => isList(value, isSchema),
  otherwise: 'must be a list of at least one schema',
  subschemas: 'list',
};
const isMap = (value: unknown, holds: (item: unknown, name: string) => boolean) =>
  isObject(value) && Object.entries(value).every(([name, item]) => name.isWellFormed() && holds(item, name));
const isNames = (value: unknown) =>
  Array.isArray(value) && value.every((name) => typeof name === 'string' && name.isWellFormed());

const schemaMap: Rule = {
  holds: (value) => isMap(value, isSchema),
  otherwise: 'must map names to schemas',
  subschemas: 'map',
};
const number: Rule = { holds: Number.isFinite, otherwise: 'must be a number' };
const count: Rule = {
  holds: (value) => Number.isInteger(value) && Number(value) >= 0,
  otherwise: 'must be a whole number of at least 0',
};
/** Not spelled out: an object with a `then` can pass for a promise. */
const conditions = Object.fromEntries(['if', 'then', 'else'].map((keyword) => [keyword, schema]));
const unfollowed: Rule = { holds: () => false, otherwise: 'is not supported; use $ref' };
const outdated: Rule = {
  holds: () => false,
  otherwise: 'is of an older draft; use dependentRequired or dependentSchemas',
};

/** @see https://json-schema.org/draft/2020-12/json-schema-validation */
const rules: Readonly<Record<string, Rule>> = {
  type: {
    holds: (value) => types.has(value) || isList(value, (item) => types.has(item)),
    otherwise: `must be one of ${[...types].join(', ')}, or a list of them`,
  },
  enum: { holds: (value) => isList(value, () => true), otherwise: 'must be a list of at least one value' },
  required: { holds: isNames, otherwise: 'must be a list of names' },
  dependentRequired: {
    holds: (value) => isMap(value, isNames),
    otherwise: 'must map names to lists of names',
  },
  dependencies: outdated,
  pattern: { holds: isPattern, otherwise: 'must be a regular expression' },
  patternProperties: {
    holds: (value) => isMap(value, (item, name) => isSchema(item) && isPattern(name)),
    otherwise: 'must map regular expressions to schemas',
    subschemas: 'map',
  },
  format: { holds: isFormat, otherwise: 'must be the name of a format, and not regex' },
  multipleOf: { holds: (value) => Number.isFinite(value) && Number(value) > 0, otherwise: 'must be above 0' },
  ...{ properties: schemaMap, dependentSchemas: schemaMap },
  ...{ items: schema, additionalProperties: schema, contains: schema, propertyNames: schema, not: schema },
  ...{ unevaluatedProperties: schema, unevaluatedItems: schema, ...conditions },
  ...{ anyOf: schemas, allOf: schemas, oneOf: schemas, prefixItems: schemas },
  ...{ minimum: number, maximum: number, exclusiveMinimum: number, exclusiveMaximum: number },
  ...{ minLength: count, maxLength: count, minItems: count, maxItems: count },
  ...{ minProperties: count, maxProperties: count, minContains: count, maxContains: count },
  uniqueItems: { holds: (value) => typeof value === 'boolean', otherwise: 'must be true or false' },
  ...{ $dynamicRef: unfollowed, $recursiveRef: unfollowed },
};

/** The fault of a keyword's value, if any. */
export function keywordFault(keyword: string, value: unknown): string | undefined {
  if (!keyword.isWellFormed()) return 'must be well-formed Unicode';
  const rule = ruleOf(keyword);
  return rule && !rule.holds(value) ? rule.otherwise : undefined;
}

/** How a keyword holds schemas; `undefined` if its value is data, or the keyword is unknown. */
export function subschemasIn(keyword: string): Subschemas | undefined {
  return ruleOf(keyword)?.subschemas;
}

/** The regular expressions that a keyword is, or maps to schemas. */
export function patternsIn(keyword: string, value: unknown): string[] {
  if (keyword === 'pattern') return typeof value === 'string' ? [value] : [];
  return keyword === 'patternProperties' && isObject(value) ? Object.keys(value) : [];
}

function ruleOf(keyword: string): Rule | undefined {
  return Object.hasOwn(rules, keyword) ? rules[keyword] : undefined;
}

/**
 * The check looks a format up in an object, which has what every object has. For `regex` it would compile what the
 * model wrote, which nothing can interrupt.
 */
function isFormat(value: unknown): boolean {
  return typeof value === 'string' && value !== 'regex' && !(value in Object.prototype);
}

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
