import type { RequestIssue } from '@org/contract';
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
  const issues = error.issues.flatMap(describeIssue).slice(0, mostIssues);
  throw new ProxyError({
    code: 'invalid_request',
    message: `${issues.map(({ path, message }) => `${path} ${message}`).join('; ')}.`,
    param: issues[0]?.path,
    details: { issues },
  });
}

/** What JSON calls a type. */
const typeNames: Readonly<Record<string, string>> = { int: 'whole number', record: 'object' };

/** Says what is wrong without repeating what was sent. */
function describeIssue(issue: z.core.$ZodIssue): RequestIssue[] {
  const path = placeOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: placeOf([...issue.path, key]),
        message: 'is not a field of this request',
      }));
    case 'invalid_type': {
      const expected = typeNames[issue.expected] ?? issue.expected;
      return [
        {
          path,
          message:
            issue.input === undefined
              ? `is required (${expected})`
              : `must be ${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`,
        },
      ];
    }
    case 'invalid_value':
      return [
        { path, message: `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}` },
      ];
    case 'too_big':
      return [
        {
          path,
          message: issue.message === 'Invalid input' ? `must be at most ${issue.maximum}` : issue.message,
        },
      ];
    default:
      return [{ path, message: issue.message }];
  }
}
