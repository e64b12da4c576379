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

const withArticle = (type: string) => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;

const quoted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join(', ');

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
            issue.input === undefined ? `is required (${expected})` : `must be ${withArticle(expected)}`,
        },
      ];
    }
    case 'invalid_value':
      return [{ path, message: `must be one of ${quoted(issue.values)}` }];
    case 'invalid_union':
      return describeChoice(issue);
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

/** Of several forms that a value can have, the fault is in the one that was meant: the one with the fewest faults. */
function describeChoice(issue: z.core.$ZodIssueInvalidUnion): RequestIssue[] {
  const options = 'options' in issue ? issue.options : undefined;
  if (options) return [{ path: placeOf(issue.path), message: `must be one of ${quoted(options)}` }];
  const isOther = (faults: readonly z.core.$ZodIssue[]) =>
    faults.some(({ path, code }) =>
      code === 'invalid_value'
        ? path.length === 0 || (path.length === 1 && path[0] === 'type')
        : path.length === 0 && code === 'invalid_type',
    );
  const [meant] = issue.errors.filter((faults) => !isOther(faults)).sort((a, b) => a.length - b.length);
  if (meant)
    return meant.flatMap((fault) => describeIssue({ ...fault, path: [...issue.path, ...fault.path] }));
  const forms = issue.errors.flat().map((fault) => {
    if (fault.code === 'invalid_value') return `one of ${quoted(fault.values)}`;
    return fault.code === 'invalid_type'
      ? withArticle(typeNames[fault.expected] ?? fault.expected)
      : fault.message;
  });
  return [{ path: placeOf(issue.path), message: `must be ${forms.join(' or ')}` }];
}
