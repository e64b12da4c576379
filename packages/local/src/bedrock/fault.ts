import type { ExceptionName, StreamExceptionName } from './exception.ts';

/**
 * How a stream ends too early:
 *
 * - `cut`: the connection is closed.
 * - `stall`: nothing more is sent, and the connection stays open.
 * - `finish`: the response ends as if the stream were complete.
 * - `garbage`: a frame with a wrong checksum, then the end.
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
  /** Answers with the exception. A streaming operation does so in place of the stream, or as its first event. */
  | {
      readonly kind: 'exception';
      readonly name: ExceptionName;
      readonly message?: string;
      readonly inStream?: boolean;
    }
  /** Answers after this many milliseconds. */
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
   * Ends a stream after this many events, or, if the number is negative, this many before its end; or after the first
   * event of this name. A shorter stream ends at its own end.
   */
  | { readonly kind: 'stream'; readonly after: number | string; readonly end: StreamEnd }
  /** This guardrail does not exist: a call that names it is refused. */
  | { readonly kind: 'unknown-guardrail'; readonly id: string };
