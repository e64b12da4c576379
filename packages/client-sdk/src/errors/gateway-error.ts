import { type ErrorCode, errorDefinition } from '@org/contract';
import * as z from 'zod/mini';
import type { ResponseHeaders } from '../http/fetch.ts';

/**
 * By what API Gateway names an error in `x-amzn-errortype`, less "Exception", or says in its body by default, less
 * spaces: a browser or a proxy may hide that header.
 */
const codes: ReadonlyMap<string, ErrorCode> = new Map([
  ['RequestTooLong', 'request_too_large'],
  ['Forbidden', 'unauthenticated'],
  ['Unauthorized', 'unauthenticated'],
  ['AccessDenied', 'unauthenticated'],
  ['ExpiredToken', 'unauthenticated'],
  ['LimitExceeded', 'quota_exceeded'],
  ['TooManyRequests', 'rate_limited'],
  ['MissingAuthenticationToken', 'unknown_route'],
  ['IncompleteSignature', 'unknown_route'],
  ['InvalidSignature', 'unknown_route'],
  ['Invalidrequestbody', 'invalid_json'],
  ['Endpointrequesttimedout', 'model_timeout'],
  ['Internalservererror', 'internal'],
  ['AuthorizerConfiguration', 'internal'],
]);

/** Unlike the limits, it has no numbers. */
const quotaMessage =
  "API Gateway's own quota for this API key is used up. It counts refused requests and usage too. " +
  'Ask the operator for a higher quota.';

/** API Gateway writes "Message" where an authorizer denies. */
const BodySchema = z.object({ message: z.optional(z.unknown()), Message: z.optional(z.unknown()) });

/**
 * What an error of API Gateway itself is, where the deployment did not give it the proxy's envelope; `undefined`
 * where it is not one.
 */
export function gatewayError(
  { status, headers }: { readonly status: number; readonly headers: ResponseHeaders },
  body: unknown,
): { readonly code: ErrorCode; readonly message: string } | undefined {
  const type = headers.get('x-amzn-errortype')?.split('Exception')[0] ?? '';
  // Above 10 MB API Gateway answers in plain text, and that cannot be changed.
  const code = status === 413 ? 'request_too_large' : (codes.get(type) ?? codes.get(nameIn(body)));
  if (code === 'quota_exceeded') {
    // A quota is the one error that must not be taken for another, nor another for it.
    return status === 429 ? { code, message: quotaMessage } : undefined;
  }
  return code && { code, message: errorDefinition(code).message };
}

function nameIn(body: unknown): string {
  const { message, Message } = BodySchema.safeParse(body).data ?? {};
  const text = [message, Message].find((each) => typeof each === 'string') ?? '';
  return text.startsWith('User is not authorized') ? 'AccessDenied' : text.replaceAll(' ', '');
}
