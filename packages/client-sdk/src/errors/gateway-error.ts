import type { ErrorCode } from '@org/contract';
import type { ResponseHeaders } from '../http/fetch.ts';
import { textField } from '../options/duck-typing.ts';

/** Messages are the contract's, whose table of errors is larger, but for the quota; a test keeps them equal. */
type GatewayError = readonly [code: ErrorCode, message: string, ...names: string[]];

const tooLarge: GatewayError = [
  'request_too_large',
  'The request is larger than 6 MB, the most that can be passed on. Shorten it.',
  'RequestTooLong',
];

/**
 * By what API Gateway names an error in `x-amzn-errortype`, less "Exception", or says in its body by default, less
 * spaces: for a browser or a proxy may hide that header.
 */
const gatewayErrors: readonly GatewayError[] = [
  tooLarge,
  [
    'unauthenticated',
    'The API key is missing, unknown or disabled, or the sign-in token is not valid. ' +
      'Send a valid one as x-api-key, or sign in again.',
    'Forbidden',
    'Unauthorized',
    'AccessDenied',
    'ExpiredToken',
  ],
  [
    'quota_exceeded',
    "API Gateway's own quota for this API key is used up. It counts every request, refused ones and usage too. " +
      'Ask the operator.',
    'LimitExceeded',
  ],
  [
    'rate_limited',
    'Too many requests at once for this API key. Send them again, more slowly.',
    'TooManyRequests',
  ],
  [
    'unknown_route',
    'There is no such method and path here. Check the URL, its stage included, and the HTTP method.',
    'MissingAuthenticationToken',
    'IncompleteSignature',
    'InvalidSignature',
  ],
  [
    'invalid_json',
    'The request body is not a JSON object. Send one, such as {"model":"nova-lite","question":"..."}.',
    'Invalidrequestbody',
  ],
  [
    'model_timeout',
    'The model did not answer in time. Ask for fewer tokens, or for less.',
    'Endpointrequesttimedout',
  ],
  [
    'internal',
    'Something unforeseen went wrong. Try again; if it stays, give the operator the request id.',
    'Internalservererror',
    'AuthorizerConfiguration',
  ],
];

/**
 * What an error of API Gateway itself is, where the deployment did not give it the proxy's envelope; `undefined`
 * where it is not one.
 */
export function gatewayError(
  { status, headers }: { readonly status: number; readonly headers: ResponseHeaders },
  body: unknown,
): { readonly code: ErrorCode; readonly message: string } | undefined {
  const type = headers.get('x-amzn-errortype')?.split('Exception')[0] ?? '';
  // API Gateway writes "Message" where an authorizer denies.
  const text = textField(body, 'message') ?? textField(body, 'Message') ?? '';
  const name = text.startsWith('User is not authorized') ? 'AccessDenied' : text.replaceAll(' ', '');
  const named = (wanted: string) => gatewayErrors.find(([, , ...names]) => names.includes(wanted));
  // Above 10 MB API Gateway answers in plain text, and that cannot be changed.
  const [code, message] = (status === 413 ? tooLarge : (named(type) ?? named(name))) ?? [];
  // A quota is the one error that must not be taken for another, nor another for it.
  return code === undefined || message === undefined || (code === 'quota_exceeded' && status !== 429)
    ? undefined
    : { code, message };
}
