import { nearest, type RequestIssue } from '@org/contract';
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
  const issues = error.issues.flatMap((issue) => describeIssue(issue, names)).slice(0, mostIssues);
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

/** Says of a field that there is none of its name, and which one was probably meant. */
export function unknownField(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return `is not a field of this request${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}

/**
 * Says what is wrong without repeating what was sent.
 *
 * @param names Of the fields of the whole request. Default: none that can be suggested.
 */
function describeIssue(issue: z.core.$ZodIssue, names: readonly string[] = []): RequestIssue[] {
  const path = placeOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      // Of thousands, only the first are looked up.
      return issue.keys.slice(0, mostIssues).map((key) => ({
        path: placeOf([...issue.path, key]),
        message: unknownField(key, issue.path.length === 0 ? names : []),
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
      if (issue.maximum === Number.MAX_SAFE_INTEGER) return [{ path, message: 'is too large a number' }];
      return [
        {
          path,
          message: issue.message === 'Invalid input' ? `must be at most ${issue.maximum}` : issue.message,
        },
      ];
    case 'too_small':
      if (issue.minimum === Number.MIN_SAFE_INTEGER) return [{ path, message: 'is too small a number' }];
      return [{ path, message: issue.message }];
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
