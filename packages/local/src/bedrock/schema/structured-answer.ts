import {
  isJsonSchema,
  type JsonSchema,
  listedSchemas,
  namedSchemas,
  resolveReference,
} from './json-schema.ts';
import { textThatFits } from './text-that-fits.ts';

/** Depth from which on only what is required is made, so that a recursive schema comes to an end. */
const fullDepth = 3;

/**
 * A JSON value that fits a schema, the same for the same schema and question. Its texts quote the question's beginning, where a `pattern` or a `format` does not ask for another. Keywords that exclude values (`not`, `if`) are not
 * looked at.
 */
export function structuredAnswer(schema: JsonSchema, question: string): unknown {
  return new Generator(schema, question).valueOf(schema, 0);
}

class Generator {
  readonly #root: JsonSchema;
  readonly #question: string;

  constructor(root: JsonSchema, question: string) {
    this.#root = root;
    this.#question = question;
  }

  valueOf(written: JsonSchema, depth: number): unknown {
    const schema = { ...written, ...describedKeywords(written) };
    const { $ref: reference, enum: values } = schema;
    if (typeof reference === 'string') {
      return this.valueOf(resolveReference(this.#root, reference) ?? {}, depth + 1);
    }
    if ('const' in schema) return schema['const'];
    if (Array.isArray(values)) return values[0];
    const parts = listedSchemas(schema['allOf']);
    if (parts.length > 0)
      return this.valueOf(merged([schema, ...parts.map((part) => this.#target(part))]), depth);
    const alternatives = [...listedSchemas(schema['anyOf']), ...listedSchemas(schema['oneOf'])];
    // A recursive schema has its way out in one of the alternatives, most often the last.
    const [alternative] = depth < fullDepth ? alternatives : alternatives.toReversed();
    if (alternative) return this.valueOf(alternative, depth + 1);
    switch (typeOf(schema)) {
      case 'object':
        return this.#object(schema, depth);
      case 'array':
        return this.#array(schema, depth);
      case 'integer':
      case 'number':
        return number(schema);
      case 'boolean':
        return true;
      case 'null':
        return null;
      default:
        return textThatFits(schema, this.#question);
    }
  }

  #target(schema: JsonSchema): JsonSchema {
    const { $ref: reference } = schema;
    return (typeof reference === 'string' && resolveReference(this.#root, reference)) || schema;
  }

  #object(schema: JsonSchema, depth: number): object {
    const properties = namedSchemas(schema['properties']);
    const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
    const undescribed = required.filter((name) => !properties.some(([described]) => described === name));
    return Object.fromEntries(
      [...properties, ...undescribed.map((name): [string, JsonSchema] => [name, {}])]
        .filter(([name]) => depth < fullDepth || required.includes(name))
        .map(([name, property]) => [name, this.valueOf(property, depth + 1)]),
    );
  }

  #array(schema: JsonSchema, depth: number): unknown[] {
    const first = listedSchemas(schema['prefixItems']);
    const items = isJsonSchema(schema['items']) ? schema['items'] : {};
    const least = numeric(schema['minItems']) ?? 0;
    const most = numeric(schema['maxItems']) ?? Number.POSITIVE_INFINITY;
    const wanted =
      depth < fullDepth ? Math.max(least, first.length, schema['items'] === false ? 0 : 1) : least;
    return Array.from({ length: Math.min(wanted, most) }, (_, index) =>
      this.valueOf(first[index] ?? items, depth + 1),
    );
  }
}

/** Keywords that a description may hold as JSON at its end: what Bedrock does not enforce, its model reads there. */
const described = [
  ...['pattern', 'format', 'minLength', 'maxLength', 'multipleOf', 'minItems', 'maxItems'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
];

function describedKeywords({ description }: JsonSchema): JsonSchema {
  if (typeof description !== 'string') return {};
  const [json = ''] = /\{.*\}$/s.exec(description) ?? [];
  try {
    const said: unknown = JSON.parse(json);
    return isJsonSchema(said)
      ? Object.fromEntries(Object.entries(said).filter(([keyword]) => described.includes(keyword)))
      : {};
  } catch {
    return {};
  }
}

function typeOf(schema: JsonSchema): unknown {
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  if (type !== undefined) return type;
  if ('properties' in schema || 'required' in schema) return 'object';
  return 'items' in schema || 'prefixItems' in schema ? 'array' : 'string';
}

/** 1 where that fits, else what is nearest to a bound. */
function number(schema: JsonSchema): number {
  const step = numeric(schema['multipleOf']) ?? (typeOf(schema) === 'integer' ? 1 : undefined);
  const over = numeric(schema['exclusiveMinimum']);
  const under = numeric(schema['exclusiveMaximum']);
  const low = Math.max(numeric(schema['minimum']) ?? -Infinity, over ?? -Infinity);
  const high = Math.min(numeric(schema['maximum']) ?? Infinity, under ?? Infinity);
  if (step === undefined) {
    if (low < 1 && 1 < high) return 1;
    if (low > -Infinity && high < Infinity) return (low + high) / 2;
    return low > -Infinity ? low + 1 : high - 1;
  }
  if (low < step && step < high) return step;
  if (low > -Infinity) {
    const first = Math.ceil(low / step) * step;
    return first === over ? first + step : first;
  }
  const last = Math.floor(high / step) * step;
  return last === under ? last - step : last;
}

function numeric(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** One schema for all that several ask for, as far as an `allOf` of objects goes. */
function merged(schemas: readonly JsonSchema[]): JsonSchema {
  const { allOf: _, ...all } = Object.assign({}, ...schemas);
  return {
    ...all,
    properties: Object.assign({}, ...schemas.map((schema) => schema['properties'])),
    required: schemas.flatMap((schema) => (Array.isArray(schema['required']) ? schema['required'] : [])),
  };
}
