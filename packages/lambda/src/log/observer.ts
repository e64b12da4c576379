import type { AskEvent } from '../call/ask.ts';
import type { RequestLog } from './request-log.ts';

/** A request as it comes in. Its log fills while it is answered. */
export interface ObservedRequest {
  readonly log: Readonly<RequestLog>;
  /** When it came in, by API Gateway's clock: milliseconds since 1970. */
  readonly at: number;
}

/** Follows one request, and reports on it after the answer has gone out. */
export interface Observer {
  /** Gets every event of an ask. Must not throw. */
  note(event: AskEvent): void;
  /**
   * Called once, when the last byte of the answer is sent and the log is complete. The answer does not depend on it.
   *
   * @param signal Fires after a few seconds, or shortly before Lambda kills the function.
   */
  report(signal: AbortSignal): Promise<void>;
}

/** Makes the observer of a request; undefined if nothing is to be reported on it. */
export type Observe = (request: ObservedRequest) => Observer | undefined;
