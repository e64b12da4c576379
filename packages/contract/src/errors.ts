import * as z from 'zod/mini';
import type { LimitKind, LimitPeriod, LimitScope } from './limits.ts';

/** Anthropic's vocabulary for `error.type`: both OpenAI's and Anthropic's SDKs read this envelope. */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'rate_limit_error'
  | 'api_error'
  | 'overloaded_error'
  | 'timeout_error';

/** Who puts an error on the wire. */
export type ErrorMaker = 'gateway' | 'lambda' | 'ledger' | 'bedrock';

export interface ErrorDefinition {
  /** HTTP status. */
  readonly status: number;
  readonly type: ErrorType;
  /** Whether the same request may succeed if sent again; sent as `x-should-retry`. */
  readonly retryable: boolean;
  readonly madeBy: readonly ErrorMaker[];
  /** What happened and what to do, when the maker knows nothing more exact. */
  readonly message: string;
  /** Seconds for `retry-after`, when the maker knows nothing more exact. Never above 60. */
  readonly retryAfterSeconds?: number;
}

/**
 * Every error this system answers with, once. The Lambda, the API Gateway responses, the OpenAPI file and
 * the client all read this table.
 */
export const errors = {
  invalid_json: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    madeBy: ['gateway', 'lambda'],
    message: 'The request body is not a JSON object. Send one, such as {"model":"llama","question":"..."}.',
  },
  invalid_request: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    madeBy: ['gateway', 'lambda', 'bedrock'],
    message: 'The request is not valid. See the API reference for its fields.',
  },
  context_too_long: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    madeBy: ['bedrock'],
    message: "The question with its history is longer than the model's context window. Shorten it.",
  },
  unsupported_feature: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    madeBy: ['lambda'],
    message: 'This model cannot do what the request asks for. Leave the field out or choose another model.',
  },
  unauthenticated: {
    status: 401,
    type: 'authentication_error',
    retryable: false,
    madeBy: ['gateway', 'lambda'],
    message:
      'The API key is missing, unknown or disabled, or the sign-in token is not valid. ' +
      'Send a valid one as x-api-key, or sign in again.',
  },
  access_denied: {
    status: 403,
    type: 'permission_error',
    retryable: false,
    madeBy: ['gateway'],
    message: 'Your sign-in is valid, but it belongs to no team here. Ask the operator.',
  },
  model_not_allowed: {
    status: 403,
    type: 'permission_error',
    retryable: false,
    madeBy: ['lambda'],
    message: 'The plan of this API key does not include this model.',
  },
  unknown_model: {
    status: 404,
    type: 'not_found_error',
    retryable: false,
    madeBy: ['lambda'],
    message: 'There is no model of this name here.',
  },
  unknown_route: {
    status: 404,
    type: 'not_found_error',
    retryable: false,
    madeBy: ['gateway', 'lambda'],
    message: 'There is no such method and path here. Check the URL, its stage included, and the HTTP method.',
  },
  request_too_large: {
    status: 413,
    type: 'invalid_request_error',
    retryable: false,
    madeBy: ['gateway'],
    message: 'The request is larger than 6 MB, the most that can be passed on. Shorten it.',
  },
  quota_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    retryable: false,
    madeBy: ['gateway', 'ledger'],
    message: 'The quota of this API key is used up for this period. Retrying will not help before it resets.',
  },
  rate_limited: {
    status: 429,
    type: 'rate_limit_error',
    retryable: true,
    madeBy: ['gateway', 'ledger'],
    message: 'Too many requests at once for this API key. Send them again, more slowly.',
    retryAfterSeconds: 1,
  },
  model_throttled: {
    status: 429,
    type: 'rate_limit_error',
    retryable: true,
    madeBy: ['bedrock'],
    message: 'Bedrock is throttling this model. Your own limits are not affected; try again shortly.',
    retryAfterSeconds: 2,
  },
  upstream_error: {
    status: 502,
    type: 'api_error',
    retryable: true,
    madeBy: ['bedrock'],
    message: 'Bedrock failed to answer. Try again.',
  },
  upstream_denied: {
    status: 502,
    type: 'api_error',
    retryable: false,
    madeBy: ['bedrock'],
    message:
      'Bedrock refused this deployment access. Its operator has to check the permissions of the function.',
  },
  invalid_output: {
    status: 502,
    type: 'api_error',
    retryable: false,
    madeBy: ['lambda'],
    message: "The model's answer does not fit the outputSchema. It was charged; asking again may help.",
  },
  model_unavailable: {
    status: 503,
    type: 'api_error',
    retryable: false,
    madeBy: ['bedrock'],
    message:
      'The model is not available to this deployment: past its end of life, not enabled in the account, ' +
      'or not offered in the region. Choose another model, or ask the operator.',
  },
  limits_unavailable: {
    status: 503,
    type: 'overloaded_error',
    retryable: true,
    madeBy: ['ledger'],
    message: 'The limits could not be checked, so the request was refused. Try again.',
    retryAfterSeconds: 1,
  },
  model_timeout: {
    status: 504,
    type: 'timeout_error',
    retryable: false,
    madeBy: ['gateway', 'lambda', 'bedrock'],
    message: 'The model did not answer in time. Ask for fewer tokens, or for less.',
  },
  internal: {
    status: 500,
    type: 'api_error',
    retryable: true,
    madeBy: ['gateway', 'lambda'],
    message: 'Something unforeseen went wrong. Try again; if it stays, give the operator the request id.',
  },
} as const satisfies Record<string, ErrorDefinition>;

/** The closed set of wire codes. Branch on this, never on a message. */
export type ErrorCode = keyof typeof errors;

export const errorCodes = Object.keys(errors) as readonly ErrorCode[];

export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(errors, value);
}

/** The definition of a code, with its optional fields visible. */
export function errorDefinition(code: ErrorCode): ErrorDefinition {
  return errors[code];
}

/** One fault of a request: where it is (`history.0.text`) and what is wrong. */
export interface RequestIssue {
  readonly path: string;
  readonly message: string;
}

/** What `details` of `quota_exceeded` says when the ledger made it; the gateway cannot know these. */
export interface QuotaDetails {
  readonly limit: LimitKind;
  readonly period: LimitPeriod;
  readonly scope: LimitScope;
  readonly max: number;
  readonly used: number;
  /** ISO 8601, UTC. */
  readonly resetsAt: string;
}

/** What `details` of `invalid_output` says. */
export interface OutputDetails {
  /** Why the model stopped: `max_tokens` for an answer that was cut off. */
  readonly stopReason: string;
  /** Where the answer does not fit; empty where it is not JSON. */
  readonly issues: readonly RequestIssue[];
}

/** The `details` of the codes that have any. */
export interface ErrorDetails {
  readonly invalid_request: { readonly issues: readonly RequestIssue[] };
  readonly unknown_model: { readonly available: readonly string[] };
  readonly model_not_allowed: { readonly available: readonly string[] };
  readonly quota_exceeded: QuotaDetails;
  readonly invalid_output: OutputDetails;
}

export type DetailsOf<Code extends ErrorCode> = Code extends keyof ErrorDetails ? ErrorDetails[Code] : never;

/** The body of every error, whoever made it. */
export interface ErrorEnvelope {
  type: 'error';
  error: {
    type: string;
    code: string;
    message: string;
    /** The request field at fault, or null. */
    param?: string | null | undefined;
    details?: unknown;
  };
  request_id?: string | null | undefined;
}

/** Reads an envelope tolerantly: a newer server may add fields, codes and types. */
export const ErrorEnvelope = z.object({
  type: z.literal('error'),
  error: z.object({
    type: z.string(),
    code: z.string(),
    message: z.string(),
    param: z.optional(z.nullable(z.string())),
    details: z.optional(z.unknown()),
  }),
  request_id: z.optional(z.nullable(z.string())),
}) satisfies z.ZodMiniType<ErrorEnvelope>;

export const RequestIssues = z.object({
  issues: z.array(z.object({ path: z.string(), message: z.string() })),
}) satisfies z.ZodMiniType<{ issues: RequestIssue[] }>;

export const AvailableModels = z.object({
  available: z.array(z.string()),
}) satisfies z.ZodMiniType<{ available: string[] }>;

/** An error as its maker states it; what is left out comes from the table. */
export interface ErrorStatement<Code extends ErrorCode = ErrorCode> {
  readonly code: Code;
  readonly message?: string | undefined;
  readonly param?: string | undefined;
  readonly details?: DetailsOf<Code> | undefined;
}

export function errorEnvelope(statement: ErrorStatement, requestId: string): ErrorEnvelope {
  const { type, message } = errors[statement.code];
  return {
    type: 'error',
    error: {
      type,
      code: statement.code,
      message: statement.message ?? message,
      param: statement.param ?? null,
      ...(statement.details === undefined ? {} : { details: statement.details }),
    },
    request_id: requestId,
  };
}
