import { parseJson, type RequestIssue } from '@org/contract';
import type * as z from 'zod/mini';
import { notOfProxy } from '../errors/error-from-response.ts';
import { InvalidResponseError } from '../errors/errors.ts';
import type { ResponseHeaders } from '../http/fetch.ts';
import { readMediaType, readRequestId } from '../http/response-headers.ts';

/** A response, as far as its headers. */
export interface ReplyHead {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly attempts: number;
}

/** A response, read to its end. */
export interface Reply extends ReplyHead {
  readonly text: string;
}

/** What a reply says. Throws `InvalidResponseError` if it does not fit the schema. */
export function readReply<Value>(schema: z.ZodMiniType<Value>, reply: Reply): Value {
  return readValue(schema, readJson(reply.text, reply), reply);
}

/** The value of a JSON string in a reply. Throws `InvalidResponseError` if it is not JSON. */
export function readJson(text: string, reply: ReplyHead): unknown {
  const value = parseJson(text);
  if (value === undefined) {
    throw invalidResponse(reply);
  }
  return value;
}

/** What a value in a reply says. Throws `InvalidResponseError` if it does not fit the schema. */
export function readValue<Value>(schema: z.ZodMiniType<Value>, value: unknown, reply: ReplyHead): Value {
  const result = schema.safeParse(value, { error: expectation });
  if (result.success) {
    return result.data;
  }
  // The first says enough, and the others may be very many.
  const [first] = result.error.issues;
  throw invalidResponse(reply, first && [{ path: first.path.join('.'), message: first.message }]);
}

/** The error for a response that is not from this proxy. */
export function invalidResponse(
  reply: ReplyHead,
  issues: readonly RequestIssue[] = [],
): InvalidResponseError {
  return new InvalidResponseError({
    message: notOfProxy(reply.status),
    status: reply.status,
    attempts: reply.attempts,
    requestId: readRequestId(reply.headers),
    contentType: readMediaType(reply.headers),
    issues,
  });
}

/** Says what was expected, and never what came instead, because it may be private. */
function expectation(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected === 'int' ? 'whole number' : issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      return `expected at least ${issue.minimum}`;
    case 'too_big':
      return `expected at most ${issue.maximum}`;
    default:
      return 'expected another value';
  }
}
