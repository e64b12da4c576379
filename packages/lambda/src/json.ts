/** A value that JSON can write. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return isObject(value);
}

/**
 * The same object, which is known to hold nothing but JSON.
 *
 * @throws {TypeError} Where it does not; what was read from JSON does.
 */
export function jsonObject(value: Readonly<Record<string, unknown>>): JsonObject {
  if (!isJson(value) || !isJsonObject(value)) throw new TypeError('Not a JSON object');
  return value;
}

export function isJson(value: unknown): value is Json {
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isJson);
  return isObject(value) && Object.values(value).every(isJson);
}

/** The value of a JSON string; `undefined`, which JSON cannot express, if it is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The part at a place in a value; `undefined` if there is no such place. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let found = value;
  for (const name of path) {
    if (!isJsonObject(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return found;
}
