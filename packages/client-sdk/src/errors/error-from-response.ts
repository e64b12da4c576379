import { type ErrorCode, type ErrorEnvelope, headers as headerNames } from '@org/contract';
import { readIfShaped } from '../answer/shape.ts';
import type { ResponseHeaders } from '../http/fetch.ts';
import { parseJson } from '../http/parse-json.ts';
import { readRequestId } from '../http/request-id.ts';
import { readRetryAfter } from '../http/retry-after.ts';
import { textField } from '../options/duck-typing.ts';
import { isRefusal, isRetryable } from './error-codes.ts';
import { readAvailable, readErrorEnvelope, readIssues, readQuota } from './error-envelope.ts';
import {
  type AnyBedrockProxyError,
  AuthenticationError,
  type InvalidRequestCode,
  InvalidRequestError,
  InvalidResponseError,
  ModelThrottledError,
  ModelUnavailableError,
  OutputValidationError,
  type PermissionDeniedCode,
  PermissionDeniedError,
  QuotaExceededError,
  RateLimitedError,
  ServerError,
  type ServerErrorCode,
  TimeoutError,
  UnknownModelError,
} from './errors.ts';
import { gatewayError } from './gateway-error.ts';
import { notOfProxy } from './not-of-proxy.ts';
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
    // A web page may not look into a redirect: its status is 0 there, which says nothing.
    const said = status || undefined;
    return new InvalidResponseError({ ...facts, status: said, message: redirected(said) });
  }

  const body = parseJson(response.text);
  const envelope = readIfShaped(readErrorEnvelope, body);
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
  return build(code, { ...facts, message, retryable: retryable(code, headers, ofGateway === undefined) });
}

/**
 * Makes the error for the event that ends a stream. It has no status: that of the response was 200 already. Nor can it
 * say `x-should-retry`, so only a refusal that comes before anything else may be sent again.
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
  const said = {
    ...facts,
    message: error.message,
    requestId: request_id || facts.requestId,
    serverCode: error.code === code ? undefined : error.code,
  };
  return build(code, said, error);
}

/** The code that says most nearly what a status says; a 403 says less than the others. */
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
  return `Something redirects the request${said}. That is not followed, for it could take the API key elsewhere. Check baseUrl, its stage included.`;
}

type Sent = Partial<ErrorEnvelope['error']>;
type Maker<Code> = (facts: ErrorFacts, sent: Sent, code: Code) => AnyBedrockProxyError;

const permissionDenied: Maker<PermissionDeniedCode> = (facts, { details }, code) =>
  new PermissionDeniedError({ ...facts, code, ...readIfShaped(readAvailable, details) });

const invalidRequest: Maker<InvalidRequestCode> = (facts, { param, details }, code) =>
  new InvalidRequestError({
    ...facts,
    code,
    param: param ?? undefined,
    ...readIfShaped(readIssues, details),
  });

const serverError: Maker<ServerErrorCode> = (facts, _, code) => new ServerError({ ...facts, code });

const makers: { readonly [Code in ErrorCode]: Maker<Code> } = {
  invalid_json: invalidRequest,
  invalid_request: invalidRequest,
  context_too_long: invalidRequest,
  unsupported_feature: invalidRequest,
  unknown_route: invalidRequest,
  request_too_large: invalidRequest,
  exceeds_limit: invalidRequest,
  unauthenticated: (facts) => new AuthenticationError(facts),
  model_not_allowed: permissionDenied,
  access_denied: permissionDenied,
  unknown_model: (facts, { details }) =>
    new UnknownModelError({ ...facts, ...readIfShaped(readAvailable, details) }),
  quota_exceeded: (facts, { details }) =>
    new QuotaExceededError({ ...facts, ...readIfShaped(readQuota, details) }),
  rate_limited: (facts) => new RateLimitedError(facts),
  model_throttled: (facts) => new ModelThrottledError(facts),
  model_unavailable: (facts) => new ModelUnavailableError(facts),
  upstream_error: serverError,
  upstream_denied: serverError,
  limits_unavailable: serverError,
  internal: serverError,
  invalid_output: (facts, { details }) =>
    new OutputValidationError({
      ...facts,
      stopReason: textField(details, 'stopReason'),
      ...readIfShaped(readIssues, details),
    }),
  model_timeout: (facts, _, code) => new TimeoutError({ ...facts, code }),
};

function build<Code extends ErrorCode>(code: Code, facts: ErrorFacts, sent: Sent = {}): AnyBedrockProxyError {
  return makers[code](facts, sent, code);
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(makers, code);
}

function retryable(code: ErrorCode, headers: ResponseHeaders, guessed: boolean): boolean {
  const asked = headers.get(headerNames.shouldRetry);
  if (asked === 'true' || asked === 'false') {
    return asked === 'true';
  }
  // A failure that is only guessed from a 5xx may have come after the model answered: it may be billed.
  return isRetryable(code) && !(guessed && code === 'internal');
}
