import type { RequestIssue as Issue } from '@org/contract';
import type { Limit } from '../answer/limit.ts';
import type { CodesOf } from './error-codes.ts';
import { BedrockProxyError, type ErrorFacts, identify } from './proxy-error.ts';

/** The API key is missing, unknown or disabled, or the sign-in token is expired or invalid. Not retried. */
export class AuthenticationError extends BedrockProxyError {
  static {
    identify(AuthenticationError, 'AuthenticationError');
  }
  override readonly code = 'unauthenticated' as const;
}

/** The codes of {@link PermissionDeniedError}. */
export type PermissionDeniedCode = CodesOf<'PermissionDeniedError'>;

/**
 * The plan of this API key does not include the model (`model_not_allowed`); or the sign-in does not belong to a team,
 * or a firewall refuses the request (`access_denied`). Not retried.
 */
export class PermissionDeniedError extends BedrockProxyError {
  static {
    identify(PermissionDeniedError, 'PermissionDeniedError');
  }
  override readonly code: PermissionDeniedCode;
  /** The models that this key may use; empty if the server did not say. */
  readonly available: readonly string[];

  constructor(
    facts: ErrorFacts & {
      readonly code: PermissionDeniedCode;
      readonly available?: readonly string[] | undefined;
    },
  ) {
    super(facts);
    this.code = facts.code;
    this.available = facts.available ?? [];
  }
}

/** A limit that one call alone may exceed. */
export interface Excess extends Readonly<Pick<Limit, 'limit' | 'period' | 'scope' | 'max'>> {
  /** What the call may need at the most, in units of `limit`. */
  readonly needed: number;
}

/** The codes of {@link InvalidRequestError}. */
export type InvalidRequestCode = CodesOf<'InvalidRequestError'>;

/**
 * The request is wrong, and sending it again will not help. Change the request; for `unknown_route`, change `baseUrl`.
 * With `exceeds_limit` the request alone may cost more than a whole limit, so waiting does not help either; `excess` has
 * the numbers.
 */
export class InvalidRequestError extends BedrockProxyError {
  static {
    identify(InvalidRequestError, 'InvalidRequestError');
  }
  override readonly code: InvalidRequestCode;
  /** Every fault that the server found; empty if it did not list them. */
  readonly issues: readonly Issue[];
  /** The field at fault, if there is one. */
  readonly param: string | undefined;
  /** The limit that is too small for the request, with `exceeds_limit`. */
  readonly excess: Excess | undefined;

  constructor(
    facts: ErrorFacts & {
      readonly code: InvalidRequestCode;
      readonly issues?: readonly Issue[] | undefined;
      readonly param?: string | undefined;
      readonly excess?: Excess | undefined;
    },
  ) {
    super(facts);
    this.code = facts.code;
    this.issues = facts.issues ?? [];
    this.param = facts.param;
    this.excess = facts.excess;
  }
}

/** The proxy does not have a model with this name. Not retried. */
export class UnknownModelError extends BedrockProxyError {
  static {
    identify(UnknownModelError, 'UnknownModelError');
  }
  override readonly code = 'unknown_model' as const;
  /** The models that can be asked; empty if the server did not say. */
  readonly available: readonly string[];

  constructor(facts: ErrorFacts & { readonly available?: readonly string[] | undefined }) {
    super(facts);
    this.available = facts.available ?? [];
  }
}

/** Which limit was reached. API Gateway's own quota comes without numbers, so each field may be missing. */
export type QuotaFacts = {
  readonly [Field in Exclude<keyof Limit, 'remaining'>]?: Limit[Field] | undefined;
};

/**
 * Status 429, the first of three kinds: a quota is used up, or what is left of it is too little for this call. **Never**
 * retried, because nothing changes before {@link QuotaExceededError.resetsAt}.
 *
 * @example
 * ```ts
 * import { createBedrockClient, QuotaExceededError } from '@org/bedrock-client';
 *
 * try {
 *   await createBedrockClient().ask('nova-lite', 'What is a dystopia?');
 * } catch (error) {
 *   if (!(error instanceof QuotaExceededError)) throw error;
 *   console.error(error.message);
 *   if (error.resetsAt) console.error(`It resets at ${error.resetsAt.toISOString()}.`);
 * }
 * ```
 */
export class QuotaExceededError extends BedrockProxyError {
  static {
    identify(QuotaExceededError, 'QuotaExceededError');
  }
  override readonly code = 'quota_exceeded' as const;
  /** What is counted. `undefined` if API Gateway itself refused the call. */
  readonly limit: QuotaFacts['limit'];
  /** Over which time it is counted. */
  readonly period: QuotaFacts['period'];
  /** Whose use is counted: the team's, over all its keys, or this key's. */
  readonly scope: QuotaFacts['scope'];
  /** The limit, in units of `limit`. */
  readonly max: number | undefined;
  /** How much of it is used, in the same unit. */
  readonly used: number | undefined;
  /** When the period ends, and counting starts again. If `max` is 0, nothing is let through after it either. */
  readonly resetsAt: Date | undefined;

  constructor(facts: ErrorFacts & QuotaFacts) {
    super({ ...facts, retryable: false });
    this.limit = facts.limit;
    this.period = facts.period;
    this.scope = facts.scope;
    this.max = facts.max;
    this.used = facts.used;
    this.resetsAt = facts.resetsAt;
  }
}

/**
 * Status 429, the second kind: too many requests at once with this key, or in this minute, or more than the pace of a limit
 * allows by now. Retried after `retryAfterMs`, which for a limit by minute is the rest of the minute, and for a pace the time
 * until it leaves room for this call. Above a minute it is not retried.
 */
export class RateLimitedError extends BedrockProxyError {
  static {
    identify(RateLimitedError, 'RateLimitedError');
  }
  override readonly code = 'rate_limited' as const;
  /** What is counted, for a limit by minute or with a pace. `undefined` for the other reasons, as in all fields below. */
  readonly limit: QuotaFacts['limit'];
  /** Over which time it is counted. */
  readonly period: QuotaFacts['period'];
  /** Whose use is counted: the team's, over all its keys, or this key's. */
  readonly scope: QuotaFacts['scope'];
  /** The limit, in units of `limit`. */
  readonly max: number | undefined;
  /** How much of it is used, in the same unit. */
  readonly used: number | undefined;
  /** For a limit with a pace: how much may be used by now, in the same unit. */
  readonly allowedNow: number | undefined;
  /** When the period ends. */
  readonly resetsAt: Date | undefined;

  constructor(facts: ErrorFacts & QuotaFacts) {
    super(facts);
    this.limit = facts.limit;
    this.period = facts.period;
    this.scope = facts.scope;
    this.max = facts.max;
    this.used = facts.used;
    this.allowedNow = facts.allowedNow;
    this.resetsAt = facts.resetsAt;
  }
}

/** Status 429, the third kind: Bedrock throttles the model. Your limits are not affected. Retried. */
export class ModelThrottledError extends BedrockProxyError {
  static {
    identify(ModelThrottledError, 'ModelThrottledError');
  }
  override readonly code = 'model_throttled' as const;
}

/** The model is past its end of life, or not enabled for this deployment. Not retried: choose another model. */
export class ModelUnavailableError extends BedrockProxyError {
  static {
    identify(ModelUnavailableError, 'ModelUnavailableError');
  }
  override readonly code = 'model_unavailable' as const;
}

/** The codes of {@link ServerError}. */
export type ServerErrorCode = CodesOf<'ServerError'>;

/**
 * The proxy or Bedrock failed, or something in between. Retried if the response says so (`x-should-retry`). Only the
 * operator can fix `upstream_denied`.
 */
export class ServerError extends BedrockProxyError {
  static {
    identify(ServerError, 'ServerError');
  }
  override readonly code: ServerErrorCode;

  constructor(facts: ErrorFacts & { readonly code: ServerErrorCode }) {
    super(facts);
    this.code = facts.code;
  }
}

/**
 * What the client was waiting for when its time ran out: your `apiKey` function, the start of the response
 * (connecting included), the rest of the response, or the next attempt.
 */
export type TimeoutPhase = 'api_key' | 'response' | 'body' | 'retry_wait';

/** The codes of {@link TimeoutError}. */
export type TimeoutCode = CodesOf<'TimeoutError'> | 'timeout';

/**
 * Time ran out: on the server (`model_timeout`), or by `timeoutMs`, `deadlineMs` or `idleTimeoutMs` of the client
 * (`timeout`). Not retried: the model may have answered in the meantime, and a second answer would be billed too.
 */
export class TimeoutError extends BedrockProxyError {
  static {
    identify(TimeoutError, 'TimeoutError');
  }
  override readonly code: TimeoutCode;
  /** What the client was waiting for; `undefined` for `model_timeout`. */
  readonly phase: TimeoutPhase | undefined;
  /** The limit that was reached, in milliseconds; `undefined` for `model_timeout`. */
  readonly limitMs: number | undefined;

  constructor(
    facts: ErrorFacts & {
      readonly code: TimeoutCode;
      readonly phase?: TimeoutPhase | undefined;
      readonly limitMs?: number | undefined;
    },
  ) {
    super(facts);
    this.code = facts.code;
    this.phase = facts.phase;
    this.limitMs = facts.limitMs;
  }
}

/**
 * There was no connection, or it broke. Retried (and `retryable`) only if nothing was sent, because a question that was
 * sent may have been billed. `models` and `usage` cost nothing, so they are retried after any break. Never retried if
 * TLS fails, for example because of an unknown certificate: the next attempt would fail in the same way.
 */
export class ConnectionError extends BedrockProxyError {
  static {
    identify(ConnectionError, 'ConnectionError');
  }
  override readonly code = 'connection_failed' as const;
}

/**
 * You ended the call: with your `signal` (the `cause` is its reason), with `abort()` of a stream, or by leaving the loop
 * over a stream. A call that was sent may still be billed.
 */
export class AbortedError extends BedrockProxyError {
  static {
    identify(AbortedError, 'AbortedError');
  }
  override readonly code = 'aborted' as const;
}

/**
 * The response is not from this proxy: a redirect, not JSON, cut short, too long, or of another shape. Check `baseUrl`.
 */
export class InvalidResponseError extends BedrockProxyError {
  static {
    identify(InvalidResponseError, 'InvalidResponseError');
  }
  override readonly code = 'invalid_response' as const;
  /** The first fault of the JSON, or that it is too long; empty if the response is not JSON. */
  readonly issues: readonly Issue[];
  /** The media type of the response, without parameters. */
  readonly contentType: string | undefined;

  constructor(
    facts: ErrorFacts & {
      readonly issues?: readonly Issue[] | undefined;
      readonly contentType?: string | undefined;
    },
  ) {
    super(facts);
    this.issues = facts.issues ?? [];
    this.contentType = facts.contentType;
  }
}

/**
 * The model's answer does not fit the `schema` or the `outputSchema`. The proxy found it, or the check of your schema.
 * Not retried, because the answer was billed; asking again may help. If `stopReason` is `max_tokens`, raise
 * `maxTokens`.
 */
export class OutputValidationError extends BedrockProxyError {
  static {
    identify(OutputValidationError, 'OutputValidationError');
  }
  override readonly code = 'invalid_output' as const;
  /** Why the model stopped, as in `Answer`; `undefined` if the server did not say. */
  readonly stopReason: string | undefined;
  /** Where the answer does not fit; empty if it is not JSON. */
  readonly issues: readonly Issue[];

  constructor(
    facts: ErrorFacts & {
      readonly stopReason?: string | undefined;
      readonly issues?: readonly Issue[] | undefined;
    },
  ) {
    super(facts);
    this.stopReason = facts.stopReason;
    this.issues = facts.issues ?? [];
  }
}

/**
 * A stream ended without its last event, so the answer is not complete. Not retried, because it may be billed anyway.
 */
export class StreamInterruptedError extends BedrockProxyError {
  static {
    identify(StreamInterruptedError, 'StreamInterruptedError');
  }
  override readonly code = 'stream_interrupted' as const;
  /** Whether some text of the answer arrived before. */
  readonly textReceived: boolean;

  constructor(facts: ErrorFacts & { readonly textReceived?: boolean | undefined }) {
    super(facts);
    this.textReceived = facts.textReceived ?? false;
  }
}

/**
 * The model, the question, or an option of the client or of a call is missing or wrong. Nothing was sent, unless your own
 * `fetch` is at fault.
 */
export class ConfigurationError extends BedrockProxyError {
  static {
    identify(ConfigurationError, 'ConfigurationError');
  }
  override readonly code = 'invalid_configuration' as const;
  /** What is at fault: an option's name, `model`, `question` or `options`. */
  readonly field: string;

  constructor(facts: ErrorFacts & { readonly field: string }) {
    super(facts);
    this.field = facts.field;
  }
}

/**
 * A run asked the model as often as `maxSteps` allows, and it still called tools. They were run: `runProgress` of the error
 * has their results, to go on with.
 */
export class MaxStepsError extends BedrockProxyError {
  static {
    identify(MaxStepsError, 'MaxStepsError');
  }
  override readonly code = 'max_steps' as const;
  /** How many steps were allowed. */
  readonly maxSteps: number;

  constructor(facts: ErrorFacts & { readonly maxSteps: number }) {
    super(facts);
    this.maxSteps = facts.maxSteps;
  }
}

/** A conversation was asked while it waits for another answer. Nothing was sent: wait for the answer first. */
export class ConversationBusyError extends BedrockProxyError {
  static {
    identify(ConversationBusyError, 'ConversationBusyError');
  }
  override readonly code = 'conversation_busy' as const;
}

/** Every error that this package throws. `code` and `instanceof` narrow it. */
export type AnyBedrockProxyError =
  | AuthenticationError
  | PermissionDeniedError
  | InvalidRequestError
  | UnknownModelError
  | QuotaExceededError
  | RateLimitedError
  | ModelThrottledError
  | ModelUnavailableError
  | ServerError
  | TimeoutError
  | ConnectionError
  | AbortedError
  | InvalidResponseError
  | OutputValidationError
  | StreamInterruptedError
  | MaxStepsError
  | ConversationBusyError
  | ConfigurationError;

/** Every value of `error.code`. */
export type BedrockProxyErrorCode = AnyBedrockProxyError['code'];

/**
 * Whether `value` is an error of this package. Like `instanceof BedrockProxyError`, but it narrows to the union, so that
 * the compiler checks whether a `switch` over `error.code` is complete.
 *
 * @example
 * ```ts
 * import { createBedrockClient, isBedrockProxyError } from '@org/bedrock-client';
 *
 * try {
 *   await createBedrockClient().ask('nova-lite', 'What is a dystopia?');
 * } catch (error) {
 *   if (isBedrockProxyError(error) && error.code === 'unknown_model') console.error(error.available);
 *   else throw error;
 * }
 * ```
 */
export function isBedrockProxyError(value: unknown): value is AnyBedrockProxyError {
  return value instanceof BedrockProxyError;
}
