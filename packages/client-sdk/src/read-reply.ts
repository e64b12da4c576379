import { InvalidResponseError, type Issue } from './errors.ts';
import { notOfProxy } from './not-of-proxy.ts';
import type { ResponseHeaders } from './options.ts';
import { parseJson } from './parse-json.ts';
import { readRequestId } from './request-id.ts';
import { Mismatch, type Reader } from './shape.ts';
import type { Reply, ReplyHead } from './transport.ts';

/** What a reply says; throws `InvalidResponseError` where it is not of the shape. */
export function readReply<Value>(reader: Reader<Value>, reply: Reply): Value {
  return readJson(reader, reply.text, reply);
}

/** What a JSON text in a reply says; throws `InvalidResponseError` where it is not of the shape. */
export function readJson<Value>(reader: Reader<Value>, text: string, reply: ReplyHead): Value {
  const value = parseJson(text);
  if (value === undefined) {
    throw invalidResponse(reply);
  }
  try {
    return reader(value, '');
  } catch (error) {
    throw error instanceof Mismatch ? invalidResponse(reply, [error.issue]) : error;
  }
}

/** The error for a 2xx response that is not one of this proxy. */
export function invalidResponse(reply: ReplyHead, issues: readonly Issue[] = []): InvalidResponseError {
  return new InvalidResponseError({
    message: notOfProxy(reply.status),
    status: reply.status,
    attempts: reply.attempts,
    requestId: readRequestId(reply.headers),
    contentType: mediaType(reply.headers),
    issues,
  });
}

/** Of a response, without its parameters. */
export function mediaType(headers: ResponseHeaders): string | undefined {
  return headers.get('content-type')?.match(/^[\w.+-]+\/[\w.+-]+/)?.[0];
}
