import type { Writable } from 'node:stream';
import type { Context } from 'aws-lambda';
import type { Deadline } from '../call/deadline.ts';
import type { Upstream } from '../call/upstream.ts';
import type { Caller, Config } from '../config.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { WriteLine } from '../log/log.ts';
import type { Observe, Observer } from '../log/observer.ts';
import type { RequestLog } from '../log/request-log.ts';
import type { ProxyEvent } from './received-event.ts';
import type { ResponseHead } from './response.ts';
import type { ResponseWriter } from './response-writer.ts';

export interface HandlerOptions {
  readonly config: Config;
  readonly keys: KeyDirectory;
  readonly upstream: Upstream;
  readonly ledger: Ledger;
  readonly write: WriteLine;
  /** What else follows each request, beside the log. Default: nothing. */
  readonly observers?: readonly Observe[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Writes the head of a response to the runtime's stream, and returns the stream of its body. */
  readonly openResponse: (stream: Writable, head: ResponseHead) => Writable;
}

export type Handler = (
  event: ProxyEvent,
  stream: Writable,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<void>;

/** One request on its way through the function. */
export interface Invocation {
  readonly event: ProxyEvent;
  readonly context: Parameters<Handler>[2];
  readonly options: HandlerOptions;
  readonly response: ResponseWriter;
  readonly log: RequestLog;
  readonly observers: readonly Observer[];
  /** Milliseconds since 1970. */
  readonly started: number;
}

/** Answers a request, by `response`. */
export type Operation = (invocation: Invocation, caller: Caller, deadline: Deadline) => Promise<void>;
