import { InvalidResponseError, type Issue } from '../errors/errors.ts';
import { notOfProxy } from '../errors/not-of-proxy.ts';
import type { ResponseHeaders } from '../http/fetch.ts';
import { parseJson } from '../http/parse-json.ts';
import { readRequestId } from '../http/request-id.ts';
import { Mismatch, type Reader } from './shape.ts';

/** A 2xx response, as far as its headers. */
export interface ReplyHead {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly attempts: number;
}

/** A 2xx response, read to its end. */
export interface Reply extends ReplyHead {
  readonly text: string;
}

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
