import type { ErrorCode } from '@org/contract';

/**
 * Whether a request that failed with a code may succeed if it is sent again. From the contract's table of errors,
 * without its messages; a test keeps them equal.
 */
const retryable: Readonly<Record<ErrorCode, boolean>> = {
  invalid_json: false,
  invalid_request: false,
  context_too_long: false,
  unsupported_feature: false,
  unauthenticated: false,
  access_denied: false,
  model_not_allowed: false,
  unknown_model: false,
  unknown_route: false,
  request_too_large: false,
  quota_exceeded: false,
  rate_limited: true,
  model_throttled: true,
  upstream_error: true,
  upstream_denied: false,
  invalid_output: false,
  model_unavailable: false,
  limits_unavailable: true,
  model_timeout: false,
  internal: true,
};

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(retryable, code);
}

export function isRetryable(code: ErrorCode): boolean {
  return retryable[code];
}

/** Whether a request that failed with a code was refused before a model was asked, or by the model: it is not billed. */
export function isRefusal(code: ErrorCode): boolean {
  return code === 'rate_limited' || code === 'model_throttled' || code === 'limits_unavailable';
}
