import type { ErrorCode } from '@org/contract';
import { textField } from './field.ts';

interface GatewayError {
  readonly code: ErrorCode;
  /** What API Gateway names it in `x-amzn-errortype`. */
  readonly types?: readonly string[];
  /** The default texts of its body, for a browser or a proxy may hide that header. */
  readonly texts: readonly string[];
  /** The contract's, whose table of errors is larger; a test keeps them equal. */
  readonly message: string;
}

const unauthenticated: GatewayError = {
  code: 'unauthenticated',
  types: ['ForbiddenException', 'UnauthorizedException', 'AccessDeniedException', 'ExpiredTokenException'],
  texts: ['Forbidden', 'Unauthorized'],
  message:
    'The API key is missing, unknown or disabled, or the sign-in token is not valid. ' +
    'Send a valid one as x-api-key, or sign in again.',
};

const tooLarge: GatewayError = {
  code: 'request_too_large',
  texts: ['Request Too Long'],
  message: 'The request is larger than 6 MB, the most that can be passed on. Shorten it.',
};

const gatewayErrors: readonly GatewayError[] = [
  unauthenticated,
  tooLarge,
  {
    code: 'quota_exceeded',
    types: ['LimitExceededException'],
    texts: ['Limit Exceeded'],
    message: 'The quota of this API key is used up for this period. Retrying will not help before it resets.',
  },
  {
    code: 'rate_limited',
    types: ['TooManyRequestsException'],
    texts: ['Too Many Requests'],
    message: 'Too many requests at once for this API key. Send them again, more slowly.',
  },
  {
    code: 'unknown_route',
    types: [
      'MissingAuthenticationTokenException',
      'IncompleteSignatureException',
      'InvalidSignatureException',
    ],
    texts: ['Missing Authentication Token'],
    message: 'There is no such method and path here. Check the URL, its stage included, and the HTTP method.',
  },
  {
    code: 'invalid_json',
    texts: ['Invalid request body'],
    message: 'The request body is not a JSON object. Send one, such as {"model":"llama","question":"..."}.',
  },
  {
    code: 'model_timeout',
    texts: ['Endpoint request timed out'],
    message: 'The model did not answer in time. Ask for fewer tokens, or for less.',
  },
  {
    code: 'internal',
    types: ['AuthorizerConfigurationException'],
    texts: ['Internal server error'],
    message: 'Something unforeseen went wrong. Try again; if it stays, give the operator the request id.',
  },
];

/**
 * What an error of API Gateway itself is, where the deployment did not give it the proxy's envelope; `undefined`
 * where it is not one.
 */
export function gatewayError(
  { status, headers }: { readonly status: number; readonly headers: Headers },
  body: unknown,
): Pick<GatewayError, 'code' | 'message'> | undefined {
  // Above 10 MB API Gateway answers in plain text, and that cannot be changed.
  if (status === 413) {
    return tooLarge;
  }
  const type = headers.get('x-amzn-errortype')?.split(':')[0] ?? '';
  // API Gateway writes "Message" where an authorizer denies.
  const text = textField(body, 'message') ?? textField(body, 'Message') ?? '';
  const found =
    gatewayErrors.find(({ types }) => types?.includes(type)) ??
    gatewayErrors.find(({ texts }) => texts.includes(text));
  if (found === undefined && status === 403 && text.startsWith('User is not authorized')) {
    return unauthenticated;
  }
  // A quota is the one error that must not be taken for another, nor another for it.
  return found?.code === 'quota_exceeded' && status !== 429 ? undefined : found;
}
