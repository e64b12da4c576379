import { isObject } from '../../json.ts';

/** What the value of a keyword must be, for any answer to fit. */
interface Rule {
  readonly holds: (value: unknown) => boolean;
  readonly otherwise: string;
}

const types: ReadonlySet<unknown> = new Set([
  ...['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'],
]);

const isSchema = (value: unknown) => isObject(value) || typeof value === 'boolean';
const isList = (value: unknown, holds: (item: unknown) => boolean) =>
  Array.isArray(value) && value.length > 0 && value.every(holds);

const schema: Rule = { holds: isSchema, otherwise: 'must be a schema' };
const schemas: Rule = {
  holds: (value) => isList(value, isSchema),
  otherwise: 'must be a list of at least one schema',
};
const isMap = (value: unknown, holds: (item: unknown, name: string) => boolean) =>
  isObject(value) && Object.entries(value).every(([name, item]) => name.isWellFormed() && holds(item, name));
const isNames = (value: unknown) => Array.isArray(value) && value.every((name) => typeof name === 'string');

const schemaMap: Rule = { holds: (value) => isMap(value, isSchema), otherwise: 'must map names to schemas' };
const number: Rule = { holds: Number.isFinite, otherwise: 'must be a number' };
const count: Rule = {
  holds: (value) => Number.isInteger(value) && Number(value) >= 0,
  otherwise: 'must be a whole number of at least 0',
};
/** Not spelled out: an object with a `then` can pass for a promise. */
const conditions = Object.fromEntries(['if', 'then', 'else'].map((keyword) => [keyword, schema]));
const unfollowed: Rule = { holds: () => false, otherwise: 'is not followed; use $ref' };

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
  dependencies: {
    holds: (value) => isMap(value, (item) => isSchema(item) || isNames(item)),
    otherwise: 'must map names to schemas or to lists of names',
  },
  pattern: { holds: isPattern, otherwise: 'must be a regular expression' },
  patternProperties: {
    holds: (value) => isMap(value, (item, name) => isSchema(item) && isPattern(name)),
    otherwise: 'must map regular expressions to schemas',
  },
  format: { holds: (value) => typeof value === 'string', otherwise: 'must be the name of a format' },
  multipleOf: { holds: (value) => Number.isFinite(value) && Number(value) > 0, otherwise: 'must be above 0' },
  ...{ properties: schemaMap, dependentSchemas: schemaMap },
  ...{ items: schema, additionalProperties: schema, contains: schema, propertyNames: schema, not: schema },
  ...{ unevaluatedProperties: schema, unevaluatedItems: schema, ...conditions },
  ...{ anyOf: schemas, allOf: schemas, oneOf: schemas, prefixItems: schemas },
  ...{ minimum: number, maximum: number, exclusiveMinimum: number, exclusiveMaximum: number },
  ...{ minLength: count, maxLength: count, minItems: count, maxItems: count },
  ...{ minProperties: count, maxProperties: count, minContains: count, maxContains: count },
  ...{ $dynamicRef: unfollowed, $recursiveRef: unfollowed },
};

/** What is wrong with the value of a keyword, if anything is. */
export function keywordFault(keyword: string, value: unknown): string | undefined {
  if (!keyword.isWellFormed()) return 'must be whole characters';
  const rule = Object.hasOwn(rules, keyword) ? rules[keyword] : undefined;
  return rule && !rule.holds(value) ? rule.otherwise : undefined;
}

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
