import type { RequestIssue } from '@org/contract';
import * as z from 'zod/mini';
import { ProxyError } from '../proxy-error.ts';

export interface RawBody {
  readonly contentType: string | undefined;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

/**
 * Reads and checks a request body, once.
 *
 * @throws {ProxyError} `invalid_json` where it is not a JSON object; `invalid_request` with every issue where it is
 *   not what `schema` asks for, or is sent as another content type.
 */
export function parseBody<Schema extends z.ZodMiniType>(schema: Schema, raw: RawBody): z.output<Schema> {
  refuseOtherContentType(raw.contentType);
  const { data, error } = z.safeParse(schema, parseJsonObject(raw), { reportInput: true });
  if (!error) return data;
  const issues = error.issues.flatMap(describeIssue);
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

/** What JSON calls a type. */
const typeNames: Readonly<Record<string, string>> = { int: 'whole number', record: 'object' };

/** Says what is wrong without repeating what was sent. */
function describeIssue(issue: z.core.$ZodIssue): RequestIssue[] {
  const path = issue.path.join('.');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...issue.path, key].join('.'),
        message: 'is not a field of this request',
      }));
    case 'invalid_type': {
      const expected = typeNames[issue.expected] ?? issue.expected;
      return [
        {
          path,
          message: issue.input === undefined ? `is required (${expected})` : `must be of type ${expected}`,
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
