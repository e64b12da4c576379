import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import {
  allowsAll,
  type Combine,
  contradicted,
  innerPart,
  innerParts,
  type Keywords,
  lastPlaceOf,
  NoValue,
  orFalse,
  type Part,
  type Shape,
  unmergeable,
} from './parts.ts';
import type { Bounds } from './scalars.ts';
import { schemaError } from './schema-error.ts';

/**
 * The rules for objects.
 *
 * @param closed Whether they can have no properties but those that are listed.
 * @throws {ProxyError} `invalid_request` if no single closed schema can say it.
 */
export function objectShape(
  found: readonly Keywords[],
  { minProperties = 0, maxProperties = Number.POSITIVE_INFINITY }: Bounds,
  closed: boolean,
  combine: Combine,
): Shape {
  refuseMixed(found);
  const required = requiredOf(found);
  const lists = required.size > 0 || found.some(({ schema }) => 'properties' in schema);
  const open = found.findLast(
    ({ schema }) => 'type' in schema || (schema['additionalProperties'] ?? false) !== false,
  );
  if (closed && !lists && open) throw schemaError(open.path, unlisted);

  const { properties, fault } = propertiesOf(found, required, closed, combine);
  const patterns = patternsOf(found, combine);
  const others = found.flatMap((part) => innerPart(part, 'additionalProperties'));
  const other = closed && lists ? false : others.length > 0 ? orFalse(combine(others, false)) : {};
  const most = other === false && patterns === undefined ? properties.length : Number.POSITIVE_INFINITY;
  const fits = Math.max(minProperties, required.size) <= Math.min(maxProperties, most);
  const keywords: JsonObject = {
    ...(lists && { properties: Object.fromEntries(properties) }),
    ...(required.size > 0 && { required: [...required] }),
    ...(patterns && { patternProperties: patterns }),
    ...((others.length > 0 || other === false) && { additionalProperties: other }),
  };
  const counted = lastPlaceOf(found, 'required', 'minProperties', 'maxProperties');
  return { keywords, fault: fault ?? (fits ? undefined : new NoValue(counted, contradicted)) };
}

const unlisted = 'must list its properties: answers of this model can have no others';

const shaping = ['properties', 'patternProperties', 'additionalProperties'];

/** An additional property of one schema may match another's pattern. */
function refuseMixed(found: readonly Keywords[]): void {
  const shapes = found.filter(({ schema }) => shaping.some((keyword) => keyword in schema));
  const patterned = shapes.find(({ schema }) => 'patternProperties' in schema);
  const restricted = shapes.some(({ schema }) => !allowsAll(schema['additionalProperties'] ?? true));
  if (shapes.length > 1 && patterned && restricted) {
    throw schemaError([...patterned.path, 'patternProperties'], unmergeable);
  }
}

/** The names that every object has. */
function requiredOf(found: readonly Keywords[]): ReadonlySet<string> {
  const required = new Set(found.flatMap(({ schema }) => namesIn(schema['required'])));
  // Finds more while it goes.
  for (const name of required) {
    for (const { schema } of found) {
      const dependents = schema['dependentRequired'];
      if (!isJsonObject(dependents) || !Object.hasOwn(dependents, name)) continue;
      for (const dependent of namesIn(dependents[name])) required.add(dependent);
    }
  }
  return required;
}

function namesIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

interface Properties {
  /** The possible properties of an object. Any other is allowed no value. */
  readonly properties: readonly (readonly [name: string, schema: JsonObject])[];
  readonly fault: NoValue | undefined;
}

function propertiesOf(
  found: readonly Keywords[],
  required: ReadonlySet<string>,
  closed: boolean,
  combine: Combine,
): Properties {
  const holders = found.map((part) => ({
    listed: innerParts(part, 'properties'),
    // Whether a name matches a pattern is not looked at: it may take years.
    others: 'patternProperties' in part.schema ? [] : innerPart(part, 'additionalProperties'),
  }));
  const names = new Set([...holders.flatMap(({ listed }) => [...listed.keys()]), ...required]);
  const rules = found.flatMap((part) => innerPart(part, 'propertyNames'));
  const properties: [name: string, schema: JsonObject][] = [];
  let fault: NoValue | undefined;
  for (const name of names) {
    const parts = holders.flatMap(({ listed, others }) => listed.get(name) ?? others);
    const property = misnamed(name, rules, combine) ?? combine(parts, closed);
    if (!(property instanceof NoValue)) properties.push([name, property]);
    else if (required.has(name)) fault ??= property;
  }
  return { properties, fault };
}

function misnamed(name: string, rules: readonly Part[], combine: Combine): NoValue | undefined {
  const [rule] = rules;
  const fits =
    !rule || !(combine([{ ...rule, schema: { const: name } }, ...rules], false) instanceof NoValue);
  return fits ? undefined : new NoValue(rule.path, 'excludes a property that is required');
}

function patternsOf(found: readonly Keywords[], combine: Combine): JsonObject | undefined {
  const maps = found.map((part) => innerParts(part, 'patternProperties'));
  const patterns = new Set(maps.flatMap((map) => [...map.keys()]));
  const entries = [...patterns].map((pattern) => [
    pattern,
    orFalse(
      combine(
        maps.flatMap((map) => map.get(pattern) ?? []),
        false,
      ),
    ),
  ]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
