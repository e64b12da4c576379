import type { ErrorCode } from '@org/contract';
import { textField } from './field.ts';

/** What API Gateway names its errors in `x-amzn-errortype`. */
const codeByErrorType = new Map<string, ErrorCode>([
  ['LimitExceededException', 'quota_exceeded'],
  ['TooManyRequestsException', 'rate_limited'],
  ['ForbiddenException', 'unauthenticated'],
  ['UnauthorizedException', 'unauthenticated'],
  ['AccessDeniedException', 'unauthenticated'],
  ['ExpiredTokenException', 'unauthenticated'],
  ['AuthorizerConfigurationException', 'internal'],
  ['MissingAuthenticationTokenException', 'unknown_route'],
  ['IncompleteSignatureException', 'unknown_route'],
  ['InvalidSignatureException', 'unknown_route'],
]);

/** The default texts of its bodies, for a browser or a proxy may hide that header. */
const codeByText = new Map<string, ErrorCode>([
  ['Limit Exceeded', 'quota_exceeded'],
  ['Too Many Requests', 'rate_limited'],
  ['Forbidden', 'unauthenticated'],
  ['Unauthorized', 'unauthenticated'],
  ['Missing Authentication Token', 'unknown_route'],
  ['Invalid request body', 'invalid_json'],
  ['Request Too Long', 'request_too_large'],
  ['Endpoint request timed out', 'model_timeout'],
  ['Internal server error', 'internal'],
]);

/**
 * The code for an error of API Gateway itself, where the deployment did not give it the proxy's envelope;
 * `undefined` where it is not one.
 */
export function gatewayErrorCode(
  response: { readonly status: number; readonly headers: Headers },
  body: unknown,
): ErrorCode | undefined {
  const { status, headers } = response;
  // Above 10 MB API Gateway answers in plain text, and that cannot be changed.
  if (status === 413) {
    return 'request_too_large';
  }
  // API Gateway writes "Message" where an authorizer denies.
  const text = textField(body, 'message') ?? textField(body, 'Message') ?? '';
  const code =
    codeByErrorType.get(headers.get('x-amzn-errortype')?.split(':')[0] ?? '') ?? codeByText.get(text);
  if (code === undefined && status === 403 && text.startsWith('User is not authorized')) {
    return 'unauthenticated';
  }
  // A quota is the one error that must not be taken for another, nor another for it.
  return code === 'quota_exceeded' && status !== 429 ? undefined : code;
}
