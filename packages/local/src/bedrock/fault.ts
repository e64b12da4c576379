import type { ExceptionName, StreamExceptionName } from './exception.ts';

/**
 * How a stream ends too early:
 *
 * - `cut`: the connection is closed.
 * - `stall`: nothing more is sent, and the connection stays open.
 * - `finish`: the response ends as if that had been all.
 * - `garbage`: a frame whose checksum is wrong, then the end.
 * - an exception as an event, then the end.
 */
export type StreamEnd =
  | 'cut'
  | 'stall'
  | 'finish'
  | 'garbage'
  | { readonly exception: StreamExceptionName; readonly message?: string };

/** How one call goes wrong. */
export type Fault =
  /** Answers with the exception; of a streaming operation, in place of the stream or as its first event. */
  | {
      readonly kind: 'exception';
      readonly name: ExceptionName;
      readonly message?: string;
      readonly inStream?: boolean;
    }
  /** Answers after so many milliseconds. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** Takes the request and never answers. */
  | { readonly kind: 'stall' }
  /** Closes the connection without an answer. */
  | { readonly kind: 'reset' }
  /** Sends half of the answer and closes the connection. */
  | { readonly kind: 'cut' }
  /** Answers 200 with this body. */
  | { readonly kind: 'body'; readonly body: string }
  /**
   * Ends a stream after so many events, or so many before its end where the number is negative; or after the first event
   * of that name. A shorter one ends at its end.
   */
  | { readonly kind: 'stream'; readonly after: number | string; readonly end: StreamEnd }
  /** Does not know this guardrail: refuses the call if it names it. */
  | { readonly kind: 'unknown-guardrail'; readonly id: string };
