import type { Usage } from '@org/contract';
import type { Limit } from '../answer/limit.ts';
import type { AnyBedrockProxyError } from '../errors/errors.ts';
import type { Operation } from '../http/operation.ts';

/** What every event of a call says. None has the key, the question or the answer. */
export interface CallEvent {
  /** The method of the client. */
  readonly operation: Operation;
  /** The alias that is asked; `undefined` for `models` and `usage`. */
  readonly model: string | undefined;
  /** The same for every event of one call, and of no other. */
  readonly callId: string;
  /** Counts from 1; 0 where nothing was sent. */
  readonly attempt: number;
}

/** A request is about to be sent. */
export interface RequestEvent extends CallEvent {
  /** `GET` or `POST`. */
  readonly method: string;
  /** All of it: it has no secret. */
  readonly url: string;
}

/** A response began, whatever its status. */
export interface ResponseEvent extends CallEvent {
  /** The HTTP status. */
  readonly status: number;
  /** What finds the call in the logs of the proxy. */
  readonly requestId: string | undefined;
  /** Since the request was sent, in milliseconds. */
  readonly durationMs: number;
}

/** An attempt failed, and another follows after a wait, which has not begun. */
export interface RetryEvent extends CallEvent {
  /** What the attempt failed with. */
  readonly error: AnyBedrockProxyError;
  /** How long the wait will be, in milliseconds. */
  readonly delayMs: number;
}

/** The call succeeded: its answer is whole, and fits its schema. */
export interface SuccessEvent extends CallEvent {
  /** What finds the call in the logs of the proxy. */
  readonly requestId: string | undefined;
  /** Since the call began, in milliseconds, waits and retries included. */
  readonly durationMs: number;
  /** Of an answer: what Bedrock counted, and the cost in USD. */
  readonly usage: Usage | undefined;
  /** Of an answer or of `usage`: every limit that the call counted against. */
  readonly limits: readonly Limit[] | undefined;
}

/** The call failed for good. */
export interface FailureEvent extends CallEvent {
  /** What is thrown. */
  readonly error: AnyBedrockProxyError;
  /** Since the call began, in milliseconds. */
  readonly durationMs: number;
}

/**
 * Observers of a client's calls, for metrics and traces. They change nothing: what they return is not awaited, and what
 * they throw is dropped.
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
  /** When the head of a response is there. */
  readonly onResponse?: ((event: ResponseEvent) => unknown) | undefined;
  /** Before each wait. */
  readonly onRetry?: ((event: RetryEvent) => unknown) | undefined;
  /** Once a call, when it has its answer. */
  readonly onSuccess?: ((event: SuccessEvent) => unknown) | undefined;
  /** Before the call throws; of a call that you ended yourself too. */
  readonly onError?: ((event: FailureEvent) => unknown) | undefined;
}
