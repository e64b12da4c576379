import {
  type ErrorCode,
  type ErrorEnvelope,
  ErrorEnvelopeSchema,
  errorDefinition,
  headers as headerNames,
  isErrorCode,
  parseJson,
} from '@org/contract';
import type { ResponseHeaders } from '../http/fetch.ts';
import { readRequestId } from '../http/response-headers.ts';
import { readRetryAfter } from '../http/retry-after.ts';
import { type CodesOf, errorClasses, isRefusal, type SentErrorClass } from './error-codes.ts';
import { type ErrorDetails, readDetails } from './error-details.ts';
import {
  type AnyBedrockProxyError,
  AuthenticationError,
  InvalidRequestError,
  InvalidResponseError,
  ModelThrottledError,
  ModelUnavailableError,
  OutputValidationError,
  PermissionDeniedError,
  QuotaExceededError,
  RateLimitedError,
  ServerError,
  TimeoutError,
  UnknownModelError,
} from './errors.ts';
import { gatewayError } from './gateway-error.ts';
import type { ErrorFacts } from './proxy-error.ts';

/** A response whose status is not 2xx, read to its end. */
export interface FailedResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly text: string;
}

/** Makes the error for a failed response: the proxy's envelope, API Gateway's own body, or anything at all. */
export function errorFromResponse(
  response: FailedResponse,
  context: { readonly attempts: number; readonly now: number },
): AnyBedrockProxyError {
  const { status, headers } = response;
  const facts = {
    status,
    attempts: context.attempts,
    requestId: readRequestId(headers),
    retryAfterMs: readRetryAfter(headers, context.now),
  };
  if (status < 400) {
    // A web page cannot see a redirect: the status is 0 there, which says nothing.
    const said = status || undefined;
    return new InvalidResponseError({ ...facts, status: said, message: redirected(said) });
  }

  const body = parseJson(response.text);
  const { data: envelope } = ErrorEnvelopeSchema.safeParse(body);
  if (envelope !== undefined) {
    const sent = envelope.error.code;
    const known = isErrorCode(sent);
    const code = known ? sent : nearestCode(status, 'model_not_allowed');
    return fromEnvelope(envelope, { ...facts, retryable: retryable(code, headers, !known) }, code);
  }
  const ofGateway = gatewayError(response, body);
  const { code, message } = ofGateway ?? {
    code: nearestCode(status, 'unauthenticated'),
    message: notOfProxy(status),
  };
  const retry = retryable(code, headers, ofGateway === undefined);
  return build(errorClasses[code], { ...facts, code, message, retryable: retry });
}

/**
 * Makes the error for the event that ends a stream. It has no status, because the response had 200 already, and no
 * `x-should-retry`, so only a refusal that comes before anything else may be sent again.
 */
export function errorFromEvent(
  envelope: ErrorEnvelope,
  context: { readonly attempts: number; readonly requestId: string | undefined; readonly begun: boolean },
): AnyBedrockProxyError {
  const { attempts, requestId, begun } = context;
  const code = isErrorCode(envelope.error.code) ? envelope.error.code : 'internal';
  return fromEnvelope(envelope, { attempts, requestId, retryable: !begun && isRefusal(code) }, code);
}

function fromEnvelope(
  { error, request_id }: ErrorEnvelope,
  facts: Omit<ErrorFacts, 'message'>,
  code: ErrorCode,
): AnyBedrockProxyError {
  return build(errorClasses[code], {
    ...facts,
    ...readDetails(error.details),
    code,
    message: error.message,
    param: error.param ?? undefined,
    requestId: request_id || facts.requestId,
    serverCode: error.code === code ? undefined : error.code,
  });
}

/** The message for a response that is not from this proxy. */
export function notOfProxy(status: number): string {
  const what = status >= 500 ? ' and what is in between' : ', including its stage';
  return `The server answered HTTP ${status}, but the response is not from this proxy. Check baseUrl${what}.`;
}

/** Whether a status says what went wrong, where the connection was lost before the body came. */
export function saysItAll(status: number): boolean {
  return status >= 500 || [401, 408, 413, 429].includes(status);
}

/** The code that is nearest to a status. Who sent a 403 decides what it means. */
function nearestCode(status: number, forbidden: ErrorCode): ErrorCode {
  const byStatus: Readonly<Record<number, ErrorCode>> = {
    401: 'unauthenticated',
    403: forbidden,
    404: 'unknown_route',
    408: 'model_timeout',
    413: 'request_too_large',
    429: 'rate_limited',
    504: 'model_timeout',
  };
  return byStatus[status] ?? (status < 500 ? 'invalid_request' : 'internal');
}

function redirected(status: number | undefined): string {
  const said = status === undefined ? '' : ` (HTTP ${status})`;
  return `The server redirected the request${said}. Redirects are not followed, because they could send the API key to another host. Check baseUrl, including its stage.`;
}

type Said = ErrorFacts & ErrorDetails & { readonly param?: string | undefined };

/** Each takes what it knows of what was said. */
const classes: {
  readonly [Name in SentErrorClass]: new (
    said: Said & { readonly code: CodesOf<Name> },
  ) => AnyBedrockProxyError;
} = {
  AuthenticationError,
  InvalidRequestError,
  ModelThrottledError,
  ModelUnavailableError,
  OutputValidationError,
  PermissionDeniedError,
  QuotaExceededError,
  RateLimitedError,
  ServerError,
  TimeoutError,
  UnknownModelError,
};

function build<Name extends SentErrorClass>(
  name: Name,
  said: Said & { readonly code: CodesOf<Name> },
): AnyBedrockProxyError {
  return new classes[name](said);
}

function retryable(code: ErrorCode, headers: ResponseHeaders, guessed: boolean): boolean {
  const asked = headers.get(headerNames.shouldRetry);
  if (asked === 'true' || asked === 'false') {
    return asked === 'true';
  }
  // A failure that is only guessed from a 5xx may have come after the model answered: it may be billed.
  return errorDefinition(code).retryable && !(guessed && code === 'internal');
}
