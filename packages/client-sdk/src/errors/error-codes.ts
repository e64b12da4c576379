import type { ErrorCode, RetryableCode } from '@org/contract';

/**
 * The codes that the contract's table of errors, which is larger, calls retryable; and whether a request that failed
 * with one was refused before a model was asked, or by the model: it is not billed.
 */
const refusals: Partial<Record<ErrorCode, boolean>> = {
  rate_limited: true,
  model_throttled: true,
  limits_unavailable: true,
  upstream_error: false,
  internal: false,
} satisfies Record<RetryableCode, boolean>;

/** Whether a request that failed with a code was refused, and may succeed if it is sent again. */
export function isRefusal(code: ErrorCode): boolean {
  return refusals[code] === true;
}

/** Whether a request that failed with a code may succeed if it is sent again. */
export function isRetryable(code: ErrorCode): boolean {
  return code in refusals;
}
