import type { LimitStatus } from '@org/contract';
import { InvalidResponseError, type Issue } from './errors.ts';
import type { Limit } from './limit.ts';
import { parseJson } from './parse-json.ts';
import { readRequestId } from './request-id.ts';
import type { Reply } from './transport.ts';

/** The part of a schema of the contract that is used here. */
interface Schema<Value> {
  safeParse(value: unknown): {
    readonly data?: Value | undefined;
    readonly error?: { readonly issues: readonly SchemaIssue[] } | undefined;
  };
}

interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: string;
}

/** What a reply says; throws `InvalidResponseError` where the schema does not know it. */
export function readReply<Value>(schema: Schema<Value>, reply: Reply): Value {
  const body = parseJson(reply.text);
  const { data, error } = schema.safeParse(body);
  if (data === undefined) {
    throw invalidResponse(reply, body === undefined ? [] : (error?.issues.map(issue) ?? []));
  }
  return data;
}

/** Limits as callers have them: with a date for the text that JSON has. */
export function readLimits(limits: readonly LimitStatus[], reply: Reply): Limit[] {
  return limits.map((status, index) => {
    const resetsAt = new Date(status.resetsAt);
    if (Number.isNaN(resetsAt.getTime())) {
      throw invalidResponse(reply, [{ path: `limits.${index}.resetsAt`, message: 'expected date' }]);
    }
    return { ...status, resetsAt };
  });
}

function invalidResponse(reply: Reply, issues: readonly Issue[]): InvalidResponseError {
  return new InvalidResponseError({
    message: `The server answered HTTP ${reply.status}, but not with an answer of this proxy. Check baseUrl, its stage included.`,
    status: reply.status,
    attempts: reply.attempts,
    requestId: readRequestId(reply.headers),
    contentType: mediaType(reply.headers),
    issues,
  });
}

function issue({ path, message, expected }: SchemaIssue): Issue {
  return {
    path: path.map(String).join('.'),
    message: expected === undefined ? message : `expected ${expected}`,
  };
}

function mediaType(headers: Headers): string | undefined {
  return headers.get('content-type')?.match(/^[\w.+-]+\/[\w.+-]+/)?.[0];
}
