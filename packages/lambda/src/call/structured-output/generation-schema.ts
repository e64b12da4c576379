import type { StructuredOutput } from '@org/models';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { combineSchema } from './combine.ts';
import type { Definition } from './references.ts';

/** Keywords that Bedrock's structured output takes as they are. */
const enforced: ReadonlySet<string> = new Set([
  ...['type', 'enum', 'const', 'title', 'description', 'default', 'required', 'additionalProperties'],
]);

const formats: ReadonlySet<Json> = new Set([
  ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
]);

/**
 * The schema that a model is held to while it writes: the caller's in one piece, as far as the model can be held to it.
 * Rules that cannot be enforced are written into the model's descriptions, and checked when the answer is there.
 *
 * @throws {ProxyError} `invalid_request` if no answer of this model could fit, as far as can be seen.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function generationSchema(definitions: readonly Definition[], by: StructuredOutput): JsonObject {
  switch (by) {
    case 'native':
      return enforceable(combineSchema(definitions, true));
    case 'tool':
      return toolInput(combineSchema(definitions, false));
  }
}

/**
 * Nova takes these three keywords at the top of a tool's input, and no other.
 *
 * @see https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html
 */
function toolInput({ properties = {}, required }: JsonObject): JsonObject {
  return { type: 'object', properties, ...(required === undefined ? {} : { required }) };
}

function enforceable(schema: JsonObject): JsonObject {
  const kept: Record<string, Json> = {};
  const described: Record<string, Json> = {};

  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties' && isJsonObject(value)) {
      const properties = Object.entries(value).map(([name, item]) => [name, enforceableIn(item)]);
      kept[keyword] = Object.fromEntries(properties);
    } else if ((keyword === 'anyOf' || keyword === 'oneOf') && Array.isArray(value)) {
      kept['anyOf'] = value.map(enforceableIn);
    } else if (
      enforced.has(keyword) ||
      (keyword === 'format' && formats.has(value)) ||
      (keyword === 'minItems' && (value === 0 || value === 1))
    ) {
      kept[keyword] = value;
    } else if (keyword !== 'items') {
      described[keyword] = value;
    }
  }
  const items = itemsOf(schema);
  if (items !== undefined) kept['items'] = items;
  if (Object.keys(described).length > 0) {
    const { description } = kept;
    kept['description'] = [description, JSON.stringify(described)].filter(Boolean).join(' ');
  }
  return kept;
}

/** Bedrock takes neither `prefixItems`, nor a `maxItems` of 0: there the description alone says that there are none. */
function itemsOf({ items, prefixItems, maxItems }: JsonObject): Json | undefined {
  if (maxItems === 0) return { type: 'null' };
  if (!Array.isArray(prefixItems)) return items === undefined ? undefined : enforceableIn(items);
  return { anyOf: [...prefixItems, ...(items === undefined ? [] : [items])].map(enforceableIn) };
}

function enforceableIn(value: Json): Json {
  return isJsonObject(value) ? enforceable(value) : value;
}
