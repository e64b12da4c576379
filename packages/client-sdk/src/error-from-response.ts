import { type ErrorCode, type ErrorEnvelope, headers as headerNames } from '@org/contract';
import { isErrorCode, isRefusal, isRetryable } from './error-codes.ts';
import { readAvailable, readErrorEnvelope, readIssues } from './error-envelope.ts';
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
  type QuotaFacts,
  RateLimitedError,
  ServerError,
  TimeoutError,
  UnknownModelError,
} from './errors.ts';
import { numberField, textField } from './field.ts';
import { gatewayError } from './gateway-error.ts';
import { parseJson } from './parse-json.ts';
import type { ErrorFacts } from './proxy-error.ts';
import { readRequestId } from './request-id.ts';
import { readRetryAfter } from './retry-after.ts';
import { readIfShaped } from './shape.ts';

/** A response whose status is not 2xx, read to its end. */
export interface FailedResponse {
  readonly status: number;
  readonly headers: Headers;
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
    const said = status === 0 ? { ...facts, status: undefined } : facts;
    return new InvalidResponseError({ ...said, message: redirected(said.status) });
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
    message: unexplained(status),
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
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return forbidden;
    case 404:
      return 'unknown_route';
    case 408:
    case 504:
      return 'model_timeout';
    case 413:
      return 'request_too_large';
    case 429:
      return 'rate_limited';
    default:
      return status < 500 ? 'invalid_request' : 'internal';
  }
}

function unexplained(status: number): string {
  return `The server answered HTTP ${status}, but not as this proxy does. Check baseUrl and what stands between.`;
}

function redirected(status: number | undefined): string {
  const said = status === undefined ? '' : ` (HTTP ${status})`;
  return `Something redirects the request${said}. That is not followed, so that the API key goes to one host alone. Check baseUrl: its protocol, host and stage.`;
}

function build(
  code: ErrorCode,
  facts: ErrorFacts,
  { param, details }: Partial<ErrorEnvelope['error']> = {},
): AnyBedrockProxyError {
  switch (code) {
    case 'unauthenticated':
      return new AuthenticationError(facts);
    case 'model_not_allowed':
    case 'access_denied':
      return new PermissionDeniedError({ ...facts, code, ...readIfShaped(readAvailable, details) });
    case 'unknown_model':
      return new UnknownModelError({ ...facts, ...readIfShaped(readAvailable, details) });
    case 'invalid_json':
    case 'invalid_request':
    case 'context_too_long':
    case 'unsupported_feature':
    case 'unknown_route':
    case 'request_too_large':
      return new InvalidRequestError({
        ...facts,
        code,
        param: param ?? undefined,
        ...readIfShaped(readIssues, details),
      });
    case 'quota_exceeded':
      return new QuotaExceededError({ ...facts, ...quotaFacts(details) });
    case 'rate_limited':
      return new RateLimitedError(facts);
    case 'model_throttled':
      return new ModelThrottledError(facts);
    case 'model_unavailable':
      return new ModelUnavailableError(facts);
    case 'upstream_error':
    case 'upstream_denied':
    case 'limits_unavailable':
    case 'internal':
      return new ServerError({ ...facts, code });
    case 'invalid_output':
      return new OutputValidationError({
        ...facts,
        stopReason: textField(details, 'stopReason'),
        ...readIfShaped(readIssues, details),
      });
    case 'model_timeout':
      return new TimeoutError({ ...facts, code });
  }
}

function retryable(code: ErrorCode, headers: Headers, guessed: boolean): boolean {
  const asked = headers.get(headerNames.shouldRetry);
  if (asked === 'true' || asked === 'false') {
    return asked === 'true';
  }
  // A failure that is only guessed from a 5xx may have come after the model answered: it may be billed.
  return isRetryable(code) && !(guessed && code === 'internal');
}

// Read field by field, not by the contract's schema: a kind of limit that this version does not know must not
// hide the reset.
function quotaFacts(details: unknown): QuotaFacts {
  const resetsAt = new Date(textField(details, 'resetsAt') ?? Number.NaN);
  return {
    limit: textField(details, 'limit'),
    period: textField(details, 'period'),
    scope: textField(details, 'scope'),
    max: numberField(details, 'max'),
    used: numberField(details, 'used'),
    resetsAt: Number.isNaN(resetsAt.getTime()) ? undefined : resetsAt,
  };
}
