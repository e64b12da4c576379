import type { Usage } from '@org/contract';
import type { Limit } from '../answer/limit.ts';
import type { AnyBedrockProxyError } from '../errors/errors.ts';
import type { Operation } from '../http/operation.ts';

/** What every event of a call contains. No event contains the key, the question or the answer. */
export interface CallEvent {
  /** The method of the client. */
  readonly operation: Operation;
  /** The model that is asked; `undefined` for `models` and `usage`. */
  readonly model: string | undefined;
  /** The same for all events of one call, and different for each call. */
  readonly callId: string;
  /** Counts from 1; 0 if nothing was sent. */
  readonly attempt: number;
}

/** A request is about to be sent. */
export interface RequestEvent extends CallEvent {
  /** `GET` or `POST`. */
  readonly method: string;
  /** The whole URL, which does not contain secrets. */
  readonly url: string;
}

/** A response arrived, whatever its status; its body may follow. */
export interface ResponseEvent extends CallEvent {
  /** The HTTP status. */
  readonly status: number;
  /** Finds the call in the logs of the proxy. */
  readonly requestId: string | undefined;
  /** Since the request was sent, in milliseconds. */
  readonly durationMs: number;
}

/** An attempt failed, and the next one follows after a wait that starts now. */
export interface RetryEvent extends CallEvent {
  /** Why the attempt failed. */
  readonly error: AnyBedrockProxyError;
  /** How long the wait will be, in milliseconds. */
  readonly delayMs: number;
}

/** The call succeeded: its answer is complete and fits its schema. */
export interface SuccessEvent extends CallEvent {
  /** Finds the call in the logs of the proxy. */
  readonly requestId: string | undefined;
  /** Since the call began, in milliseconds, waits and retries included. */
  readonly durationMs: number;
  /** For an answer: what Bedrock counted, and the cost in USD. */
  readonly usage: Usage | undefined;
  /** For an answer and for `usage`: every limit that the call counted against. */
  readonly limits: readonly Limit[] | undefined;
}

/** The call failed for good. */
export interface FailureEvent extends CallEvent {
  /** The error that is thrown. */
  readonly error: AnyBedrockProxyError;
  /** Since the call began, in milliseconds. */
  readonly durationMs: number;
}

/**
 * Functions that observe the calls of a client, for metrics and traces. They cannot change a call: what they return is not
 * awaited, and what they throw is dropped.
 *
 * @example
 * ```ts
 * import { createBedrockClient } from '@org/bedrock-client';
 *
 * let retries = 0;
 * let costUsd = 0;
 * const client = createBedrockClient({
 *   hooks: {
 *     onSuccess: ({ usage }) => {
 *       costUsd += usage?.costUsd ?? 0;
 *     },
 *     onRetry: ({ error, delayMs }) => {
 *       retries += 1;
 *       console.warn(`${error.code}: next attempt in ${delayMs} ms`);
 *     },
 *   },
 * });
 * ```
 */
export interface Hooks {
  /** Before each request. */
  readonly onRequest?: ((event: RequestEvent) => unknown) | undefined;
  /** When a response arrives, before its body. */
  readonly onResponse?: ((event: ResponseEvent) => unknown) | undefined;
  /** Before each wait. */
  readonly onRetry?: ((event: RetryEvent) => unknown) | undefined;
  /** Once per call, when it has its answer. */
  readonly onSuccess?: ((event: SuccessEvent) => unknown) | undefined;
  /** Once per call, before it throws; also if you ended the call yourself. */
  readonly onError?: ((event: FailureEvent) => unknown) | undefined;
}
