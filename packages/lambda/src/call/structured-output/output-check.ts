import { Script } from 'node:vm';
import { type OutputUnit, Validator } from '@cfworker/json-schema';
import type { RequestIssue } from '@org/contract';
import { isJsonObject, isObject, type Json, type JsonObject, parseJson } from '../../json.ts';
import { mostIssues, placeOf } from '../request-place.ts';
import { follow } from './references.ts';

/** The model's output, or the places that do not fit. */
export type CheckedOutput =
  | { readonly fits: true; readonly output: unknown }
  | { readonly fits: false; readonly issues: readonly RequestIssue[] };

/** The most characters of an issue that are reported: it may quote the schema. */
const mostCharacters = 500;

/**
 * Milliseconds that a check may take. The patterns are the caller's, and there are some that take years; a function
 * that is killed over one says nothing.
 */
const mostMs = 1000;

/** The check runs through a script because only a script can be given a time limit. */
const script = new Script('check()');

/** Keywords that fail because something below them does. */
const containers: ReadonlySet<string> = new Set([
  ...['properties', 'patternProperties', 'items', 'prefixItems', 'additionalProperties', 'allOf', '$ref'],
]);

/** Reads a model's text as JSON and checks it against a schema. */
export function checkOutput(schema: JsonObject, text: string): CheckedOutput {
  const output = parseJson(text);
  if (output === undefined) return { fits: false, issues: [] };
  const check = () => new Validator({ ...schema }, '2020-12', false).validate(namedInUnicode(output));
  try {
    const { valid, errors }: ReturnType<typeof check> = script.runInNewContext(
      { check },
      { timeout: mostMs },
    );
    if (valid) return { fits: true, output };
    const leaves = errors.filter(({ keyword }) => !containers.has(keyword));
    return {
      fits: false,
      issues: (leaves.length > 0 ? leaves : errors)
        .slice(0, mostIssues)
        .map((error) => describe(error, schema)),
    };
  } catch {
    return { fits: false, issues: [{ path: '', message: unchecked }] };
  }
}

/** The validator writes names as URLs, which half of a surrogate pair cannot be in. */
export function namedInUnicode(value: Json): Json {
  if (Array.isArray(value)) return value.map(namedInUnicode);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name.toWellFormed(), namedInUnicode(field)]),
  );
}

const unchecked = 'could not be checked in time: simplify the outputSchema, above all its patterns';

function describe(
  { keyword, keywordLocation, instanceLocation, error }: OutputUnit,
  schema: JsonObject,
): RequestIssue {
  const path = placeOf([instanceLocation.replace(/^#\/?/, '').replaceAll('/', '.')]);
  // The validator does not name the pattern, and it cannot be found behind a reference.
  const place =
    keyword === 'pattern' ? follow(schema, keywordLocation.replace(/\/pattern$/, ''))?.value : undefined;
  const message = isObject(place) ? `does not match the pattern ${String(place['pattern'])}` : error;
  return { path, message: message.slice(0, mostCharacters) };
}
