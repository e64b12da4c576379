import { type DescribedValue, describeIssues, describeUnknownField } from '@org/contract';
import * as z from 'zod/mini';
import { mostIssues, placeOf } from '../call/request-place.ts';
import type { JsonObject } from '../json.ts';
import { ProxyError } from '../proxy-error.ts';

/**
 * Reads the fields of a request, once.
 *
 * @throws {ProxyError} `invalid_request` with its issues where they are not what `schema` asks for.
 */
export function readFields<Schema extends z.ZodMiniType>(schema: Schema, body: JsonObject): z.output<Schema> {
  const { data, error } = z.safeParse(schema, body, { reportInput: true });
  if (!error) return data;
  const names = schema instanceof z.ZodMiniObject ? Object.keys(schema.shape) : [];
  // Of thousands, only the first are looked up.
  const issues = describeIssues(error.issues, requestWith(names))
    .take(mostIssues)
    .map(({ path, message }) => ({ path: placeOf(path), message }))
    .toArray();
  throw new ProxyError({
    code: 'invalid_request',
    message: `${issues.map(({ path, message }) => `${path} ${message}`).join('; ')}.`,
    param: issues[0]?.path,
    details: { issues },
  });
}

/** Says of a field that there is none of its name, and which one was probably meant. */
export function unknownField(name: string, names: readonly string[]): string {
  return describeUnknownField(name, [], requestWith(names));
}

/** A request, with its fields at the top: only these are suggested. */
function requestWith(names: readonly string[]): DescribedValue {
  return { name: 'this request', fieldsAt: ({ length }) => (length === 0 ? names : []) };
}
