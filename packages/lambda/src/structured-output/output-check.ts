import { type OutputUnit, Validator } from '@cfworker/json-schema';
import type { RequestIssue } from '@org/contract';
import { type JsonObject, parseJson } from '../json.ts';

/** The output that a model wrote, or where it does not fit. */
export type CheckedOutput =
  | { readonly fits: true; readonly output: unknown }
  | { readonly fits: false; readonly issues: readonly RequestIssue[] };

/** More would only repeat themselves. */
const mostIssues = 20;

/** Keywords that fail because something below them does. */
const containers: ReadonlySet<string> = new Set([
  ...['properties', 'patternProperties', 'items', 'prefixItems', 'additionalProperties', 'allOf', '$ref'],
]);

/** Reads a model's text as JSON and checks it against a schema. */
export function checkOutput(schema: JsonObject, text: string): CheckedOutput {
  const output = parseJson(text);
  if (output === undefined) return { fits: false, issues: [] };
  const { valid, errors } = new Validator({ ...schema }, '2020-12', false).validate(output);
  if (valid) return { fits: true, output };
  const leaves = errors.filter(({ keyword }) => !containers.has(keyword));
  return { fits: false, issues: (leaves.length > 0 ? leaves : errors).slice(0, mostIssues).map(describe) };
}

function describe({ instanceLocation, error }: OutputUnit): RequestIssue {
  return { path: instanceLocation.replace(/^#\/?/, '').replaceAll('/', '.'), message: error };
}
