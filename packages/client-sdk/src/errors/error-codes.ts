import type { ErrorCode, RetryableCode } from '@org/contract';

/** The class of each code that the proxy sends. */
export const errorClasses = {
  invalid_json: 'InvalidRequestError',
  invalid_request: 'InvalidRequestError',
  context_too_long: 'InvalidRequestError',
  unsupported_feature: 'InvalidRequestError',
  unauthenticated: 'AuthenticationError',
  access_denied: 'PermissionDeniedError',
  model_not_allowed: 'PermissionDeniedError',
  unknown_model: 'UnknownModelError',
  unknown_route: 'InvalidRequestError',
  request_too_large: 'InvalidRequestError',
  exceeds_limit: 'InvalidRequestError',
  quota_exceeded: 'QuotaExceededError',
  rate_limited: 'RateLimitedError',
  model_throttled: 'ModelThrottledError',
  upstream_error: 'ServerError',
  upstream_denied: 'ServerError',
  invalid_output: 'OutputValidationError',
  model_unavailable: 'ModelUnavailableError',
  limits_unavailable: 'ServerError',
  model_timeout: 'TimeoutError',
  internal: 'ServerError',
} as const satisfies Record<ErrorCode, string>;

/** The codes that the proxy sends; the client makes the others itself. */
export type SentErrorCode = keyof typeof errorClasses;

/** The name of a class of errors that the proxy sends. */
export type SentErrorClass = (typeof errorClasses)[SentErrorCode];

/** The codes that the proxy sends and that have this class. */
export type CodesOf<Name extends SentErrorClass> = {
  [Code in SentErrorCode]: (typeof errorClasses)[Code] extends Name ? Code : never;
}[SentErrorCode];

/** Whether a request that failed with a code was certainly refused: no model has answered it, and none is billed. */
const refusals: Partial<Record<ErrorCode, boolean>> = {
  rate_limited: true,
  model_throttled: true,
  limits_unavailable: true,
  upstream_error: false,
  internal: false,
} satisfies Record<RetryableCode, boolean>;

/** Whether a request that failed with a code was certainly refused, and may succeed if it is sent again. */
export function isRefusal(code: ErrorCode): boolean {
  return refusals[code] === true;
}
