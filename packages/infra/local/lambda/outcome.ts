import type { FunctionError } from './messages.ts';

/** How a call of a function ended. */
export type Outcome =
  /** `payload` is the JSON of what the handler returned. */
  | { readonly kind: 'returned'; readonly payload: string }
  /** The handler threw, timed out, answered too much, or its worker could not start or died. */
  | { readonly kind: 'failed'; readonly error: FunctionError }
  /** Lambda refused the call: the event is over 6 MB. */
  | { readonly kind: 'too-large' }
  /** Lambda refused the call: as many run already as the function's reserved concurrency allows. */
  | { readonly kind: 'throttled' };

export function failed(errorType: string, errorMessage: string): Outcome {
  return { kind: 'failed', error: { errorType, errorMessage, trace: [] } };
}
