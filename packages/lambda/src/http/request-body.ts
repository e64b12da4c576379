import type { RequestIssue } from '@org/contract';
import * as z from 'zod/mini';
import { placeOf } from '../call/request-place.ts';
import { isObject } from '../json.ts';
import { ProxyError } from '../proxy-error.ts';

/** The values of a request, at every level. Each may be at fault, and each fault takes time and memory to tell. */
const mostValues = 20_000;

/** More faults would only repeat themselves, and an answer can have 6 MB at most. */
const mostIssues = 20;

export interface RawBody {
  readonly contentType: string | undefined;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

/**
 * Reads and checks a request body, once.
 *
 * @throws {ProxyError} `invalid_json` where it is not a JSON object; `invalid_request` with its issues where it is
 *   not what `schema` asks for, has more than 20,000 values, or is sent as another content type.
 */
export function parseBody<Schema extends z.ZodMiniType>(schema: Schema, raw: RawBody): z.output<Schema> {
  refuseOtherContentType(raw.contentType);
  const json = parseJsonObject(raw);
  refuseVeryManyValues(json);
  const { data, error } = z.safeParse(schema, json, { reportInput: true });
  if (!error) return data;
  const issues = error.issues.flatMap(describeIssue).slice(0, mostIssues);
  throw new ProxyError({
    code: 'invalid_request',
    message: `${issues.map(({ path, message }) => `${path} ${message}`).join('; ')}.`,
    param: issues[0]?.path,
    details: { issues },
  });
}

/** API Gateway takes a missing content type for JSON, and so does this. */
function refuseOtherContentType(contentType: string | undefined): void {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  if (mediaType && mediaType !== 'application/json') {
    throw new ProxyError({
      code: 'invalid_request',
      message: 'The content-type must be application/json.',
      param: 'content-type',
      details: { issues: [{ path: 'content-type', message: 'must be application/json' }] },
    });
  }
}

function parseJsonObject({ body, isBase64Encoded }: RawBody): object {
  const text = isBase64Encoded && body ? Buffer.from(body, 'base64').toString('utf8') : body;
  let json: unknown;
  try {
    json = JSON.parse(text ?? '');
  } catch {
    throw new ProxyError({ code: 'invalid_json' });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ProxyError({ code: 'invalid_json' });
  }
  return json;
}

/** A loop over what is still to be looked at: a request may have more levels than a recursion. */
function refuseVeryManyValues(json: object): void {
  const unseen: unknown[] = [json];
  for (let seen = 0; unseen.length > 0; seen += 1) {
    if (seen + unseen.length > mostValues) {
      const message = `has more than ${mostValues} values`;
      throw new ProxyError({
        code: 'invalid_request',
        message: `The request ${message}. Shorten it.`,
        details: { issues: [{ path: '', message }] },
      });
    }
    const value = unseen.pop();
    if (!isObject(value) && !Array.isArray(value)) continue;
    for (const item of Object.values(value)) unseen.push(item);
  }
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
