import type { StructuredOutput } from '@org/models';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { schemaError } from './schema-error.ts';

/** Keywords that Bedrock's structured output takes as they are. */
const enforced: ReadonlySet<string> = new Set([
  ...['type', 'enum', 'const', 'title', 'description', 'default', 'required', 'properties', 'items'],
  ...['anyOf', 'allOf', 'additionalProperties'],
]);

const formats: ReadonlySet<Json> = new Set([
  ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
]);

/**
 * The schema that a model is held to while it writes: the caller's without references, as far as the model can be held
 * to it. What cannot be enforced is written into the descriptions that the model reads, and checked when the answer is
 * there.
 *
 * @throws {ProxyError} `invalid_request` where no answer of this model could fit.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function generationSchema(schema: JsonObject, by: StructuredOutput): JsonObject {
  return by === 'native' ? enforceable(schema, []) : toolInput(schema);
}

/**
 * Nova takes these three keywords at the top of a tool's input, and no other.
 *
 * @see https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html
 */
function toolInput({ properties = {}, required }: JsonObject): JsonObject {
  return { type: 'object', properties, ...(required === undefined ? {} : { required }) };
}

function enforceable(schema: JsonObject, path: readonly string[]): JsonObject {
  const kept: Record<string, Json> = {};
  const described: Record<string, Json> = {};
  const sub = (value: Json, ...at: readonly string[]): Json =>
    isJsonObject(value) ? enforceable(value, [...path, ...at]) : value;
  const each = (value: Json, keyword: string): Json =>
    Array.isArray(value) ? value.map((item, index) => sub(item, keyword, String(index))) : value;

  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties' && isJsonObject(value)) {
      const properties = Object.entries(value).map(([name, item]) => [name, sub(item, keyword, name)]);
      kept[keyword] = Object.fromEntries(properties);
    } else if (keyword === 'items') {
      kept[keyword] = sub(value, keyword);
    } else if (keyword === 'anyOf' || keyword === 'allOf') {
      kept[keyword] = each(value, keyword);
    } else if (keyword === 'oneOf') {
      kept['anyOf'] = each(value, keyword);
    } else if (keyword === 'additionalProperties') {
      if (value !== false && schema['properties'] === undefined) throw openObject(path);
    } else if (
      enforced.has(keyword) ||
      (keyword === 'format' && formats.has(value)) ||
      (keyword === 'minItems' && (value === 0 || value === 1))
    ) {
      kept[keyword] = value;
    } else {
      described[keyword] = value;
    }
  }
  if (schema['type'] === 'object') {
    if (schema['properties'] === undefined) throw openObject(path);
    kept['additionalProperties'] = false;
  }
  if (Object.keys(described).length > 0) {
    const { description } = kept;
    kept['description'] = [description, JSON.stringify(described)].filter(Boolean).join(' ');
  }
  return kept;
}

function openObject(path: readonly string[]) {
  return schemaError(path, 'must list its properties: answers of this model can have no others');
}
