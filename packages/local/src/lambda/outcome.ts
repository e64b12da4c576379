import type { FunctionError } from './messages.ts';

import type { PayloadStream } from './response-sink.ts';

/** The handler threw, timed out, answered too much, or its worker could not start or died. */
export interface FailedCall {
  readonly kind: 'failed';
  readonly error: FunctionError;
}

/** How a call that a function took ended. */
export type CallOutcome = { readonly kind: 'returned' } | FailedCall;

/** Why Lambda did not call the function. */
export type RefusedCall =
  /** The event is over 6 MB. */
  | { readonly kind: 'too-large' }
  /** As many calls run already as the function's reserved concurrency allows. */
  | { readonly kind: 'throttled' };

/** What comes of Lambda's Invoke. */
export type Outcome =
  /** `payload` is what the function answered: JSON, unless it streams. */
  { readonly kind: 'returned'; readonly payload: string } | FailedCall | RefusedCall;

/** What comes of Lambda's InvokeWithResponseStream. */
export type StreamOutcome =
  /** The function has begun to answer. `payload` ends in an error where the function fails after that. */
  { readonly kind: 'streaming'; readonly payload: PayloadStream } | FailedCall | RefusedCall;

export function failed(errorType: string, errorMessage: string): FailedCall {
  return { kind: 'failed', error: { errorType, errorMessage, trace: [] } };
}
