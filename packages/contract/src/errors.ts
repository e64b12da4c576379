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
  /** Which routes can answer with it: no existing one, every one, or those that ask a model. */
  readonly from: 'no route' | 'every route' | 'asking';
  readonly madeBy: readonly ErrorMaker[];
  /** Default message: what happened and what to do. */
  readonly message: string;
  /** Default `retry-after` in seconds, at most 60. */
  readonly retryAfterSeconds?: number;
}

/**
 * Every error of the API. The Lambda, the API Gateway responses, the OpenAPI file and the client all read this table.
 * docs/errors.md is made from the docstrings: when each is sent, what to do (`@remedy`) and whether Bedrock bills the
 * call (`@billed`). No bundle has them.
 */
export const errors = {
  /**
   * The body is not a JSON object, or it is compressed. A body that is not UTF-8 may be answered and charged: API Gateway
   * passes it on as text. The local gateway replaces such bytes with U+FFFD; AWS does not document its replacement.
   * @remedy Send an object, as JSON in UTF-8.
   * @billed no
   */
  invalid_json: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    from: 'asking',
    madeBy: ['gateway', 'lambda'],
    message:
      'The request body is not a JSON object, or it is compressed. Send one as it is, such as {"model":"nova-lite","question":"..."}.',
  },
  /**
   * A field is missing, unknown or out of range, the content type is not `application/json`, or the model refused a
   * parameter.
   * @remedy Fix the fields listed in `details.issues`, or the one that `param` names.
   * @billed no
   */
  invalid_request: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    from: 'asking',
    madeBy: ['gateway', 'lambda', 'bedrock'],
    message: 'The request is not valid. See the API reference for its fields.',
  },
  /**
   * Question, history and system together are longer than the model's context window.
   * @remedy Send less history, or ask a model with a larger context window (`GET /models`).
   * @billed no
   */
  context_too_long: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    from: 'asking',
    madeBy: ['bedrock'],
    message: "The question with its history is longer than the model's context window. Shorten it.",
  },
  /**
   * The model does not support a field of the request, or streams.
   * @remedy Leave out the field that `param` names, or ask a model that supports it (`GET /models`).
   * @billed no
   */
  unsupported_feature: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    from: 'asking',
    madeBy: ['lambda'],
    message: 'This model cannot do what the request asks for. Leave the field out or choose another model.',
  },
  /**
   * The key is missing, unknown, disabled or in no plan, or the sign-in token is invalid or expired.
   * @remedy Check the key and the stage of the URL, or sign in again.
   * @billed no
   */
  unauthenticated: {
    status: 401,
    type: 'authentication_error',
    retryable: false,
    from: 'every route',
    madeBy: ['gateway', 'lambda'],
    message:
      'The API key is missing, unknown or disabled, or the sign-in token is invalid or expired. ' +
      'Send a valid key as x-api-key or as Authorization: Bearer, or sign in again.',
  },
  /**
   * The sign-in token is valid, but its claim names no team of this deployment. Or a firewall, or a list of networks that may call,
   * refused the request.
   * @remedy Ask the operator to add you to a team, or about the firewall's rules and the networks that may call.
   * @billed no
   */
  access_denied: {
    status: 403,
    type: 'permission_error',
    retryable: false,
    from: 'every route',
    madeBy: ['gateway'],
    message:
      'Your sign-in is valid, but you are in no team of this deployment. Ask the operator to add you to one.',
  },
  /**
   * The model is offered here, but not in the plan of this key.
   * @remedy Use one of `details.available`, or ask the operator for another plan.
   * @billed no
   */
  model_not_allowed: {
    status: 403,
    type: 'permission_error',
    retryable: false,
    from: 'asking',
    madeBy: ['lambda'],
    message:
      'The plan of this API key does not include this model. GET /models lists the models that it includes.',
  },
  /**
   * The requested model is not offered here.
   * @remedy Use one of `details.available`.
   * @billed no
   */
  unknown_model: {
    status: 404,
    type: 'not_found_error',
    retryable: false,
    from: 'asking',
    madeBy: ['lambda'],
    message: 'The requested model is not offered here. GET /models lists the models of this key.',
  },
  /**
   * No route has this path and method. The path begins with the stage, unless the API has its own domain.
   * @remedy Check the URL and the method.
   * @billed no
   */
  unknown_route: {
    status: 404,
    type: 'not_found_error',
    retryable: false,
    from: 'no route',
    madeBy: ['gateway', 'lambda'],
    message:
      'No route has this path and method. Check the HTTP method and the URL. Its path begins with the stage, unless the API has its own domain.',
  },
  /**
   * The body is larger than Lambda's 6 MB. It reaches Lambda as a string within JSON, where each quotation mark, backslash
   * and line break takes two bytes. Above 10 MB, API Gateway answers in plain text, without this envelope.
   * @remedy Send less history; write JSON without line breaks.
   * @billed no
   */
  request_too_large: {
    status: 413,
    type: 'invalid_request_error',
    retryable: false,
    from: 'asking',
    madeBy: ['gateway'],
    message:
      'The request is larger than 6 MB, in which each quotation mark, backslash and line break counts twice. Shorten it.',
  },
  /**
   * The call alone may cost more than a whole limit, so waiting does not help. `details` has the numbers.
   * @remedy Shorten it, ask for fewer `maxTokens` (`fit`, of the native API, asks for as many as there is room for), or ask the
   *   operator for more.
   * @billed no
   */
  exceeds_limit: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    from: 'asking',
    madeBy: ['ledger'],
    message:
      'The call alone may cost more than a limit allows, so waiting will not help. Shorten it, ask for fewer maxTokens, or ask the operator for more.',
  },
  /**
   * A limit on requests, tokens or USD by hour, day, week or month is used up, or the call may cost more than what is left.
   * `details` has the numbers.
   * Or API Gateway's own quota of the plan is used up; then there are no `details`. A limit of 0 (`details.max`) refuses
   * every call, also after it resets.
   * @remedy Wait until `details.resetsAt`, ask for fewer `maxTokens` if something is left, or ask the operator
   *   for more. If `details.max` is 0, only the operator can help.
   * @billed no
   */
  quota_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    retryable: false,
    from: 'every route',
    madeBy: ['gateway', 'ledger'],
    message: 'The quota of this API key is used up for this period. Retrying will not help before it resets.',
  },
  /**
   * There are more requests than the plan's rate and burst allow; or a limit by minute or on calls at once is reached, or a
   * limit is used up faster than its pace allows, which `details` says; or calls in flight have reserved what is left of a limit.
   * @remedy Wait for `retry-after`, then send it again. Send fewer at once. A pace can ask for more than 60 s; then
   *   `x-should-retry` is `false`, so that no client waits without saying so: ask for fewer `maxTokens`, or come back later.
   * @billed no
   */
  rate_limited: {
    status: 429,
    type: 'rate_limit_error',
    retryable: true,
    from: 'every route',
    madeBy: ['gateway', 'ledger'],
    message: 'Too many requests a second for this API key. Slow down and send them again.',
    retryAfterSeconds: 1,
  },
  /**
   * Bedrock throttles the model for the whole account, or is not ready to run it. The proxy tried twice. Or the AWS account
   * has used up its daily tokens: then the proxy tried once, and `x-should-retry` is `false`.
   * @remedy Wait for `retry-after`, then send it again, or ask another model. For a higher daily quota, ask the operator.
   * @billed no; once a stream has begun, maybe
   */
  model_throttled: {
    status: 429,
    type: 'rate_limit_error',
    retryable: true,
    from: 'asking',
    madeBy: ['bedrock'],
    message: 'Bedrock is throttling this model. Your own limits are not affected; try again shortly.',
    retryAfterSeconds: 2,
  },
  /**
   * Bedrock failed, broke off, or could not be reached.
   * @remedy Send it again if `x-should-retry` is `true`. It is `false` if the model may have run.
   * @billed maybe
   */
  upstream_error: {
    status: 502,
    type: 'api_error',
    retryable: true,
    from: 'asking',
    madeBy: ['bedrock'],
    message: 'Bedrock failed to answer. Try again.',
  },
  /**
   * Bedrock refused the deployment's credentials, permissions, guardrail or AWS account.
   * @remedy Report it to the operator; changing the request does not help.
   * @billed no
   */
  upstream_denied: {
    status: 502,
    type: 'api_error',
    retryable: false,
    from: 'asking',
    madeBy: ['bedrock'],
    message:
      'Bedrock refused access to this deployment. Ask the operator to check the permissions of the function.',
  },
  /**
   * The answer is not JSON that fits the `outputSchema`. `details` says where, and why the model stopped.
   * @remedy Ask again, with more `maxTokens` if `details.stopReason` is `max_tokens`.
   * @billed yes
   */
  invalid_output: {
    status: 502,
    type: 'api_error',
    retryable: false,
    from: 'asking',
    madeBy: ['lambda'],
    message: "The model's answer does not fit the outputSchema. It was charged; asking again may help.",
  },
  /**
   * The model is past its end of life, not enabled in the account, not offered in the Region, or has no price although a
   * limit in USD needs one.
   * @remedy Use another model, or report it to the operator, who can run `proxy doctor`.
   * @billed no
   */
  model_unavailable: {
    status: 503,
    type: 'api_error',
    retryable: false,
    from: 'asking',
    madeBy: ['bedrock'],
    message:
      'The model is not available to this deployment: past its end of life, not enabled in the account, ' +
      'or not offered in the region. Choose another model, or ask the operator.',
  },
  /**
   * The table of limits and keys could not be reached, so the call was refused.
   * @remedy Send it again if `x-should-retry` is `true`.
   * @billed no; but what was reserved may stay charged to the team
   */
  limits_unavailable: {
    status: 503,
    type: 'overloaded_error',
    retryable: true,
    from: 'every route',
    madeBy: ['ledger'],
    message: 'The limits could not be checked, so the request was refused. Try again.',
    retryAfterSeconds: 1,
  },
  /**
   * The answer was not complete in time: 5 minutes, or for a stream 15 minutes, with at most 60 s of silence.
   * @remedy Use a stream, or ask for fewer `maxTokens`. Sending it again may be billed twice.
   * @billed maybe
   */
  model_timeout: {
    status: 504,
    type: 'timeout_error',
    retryable: false,
    from: 'asking',
    madeBy: ['gateway', 'lambda', 'bedrock'],
    message: 'The model did not answer in time. Use a stream, or ask for fewer maxTokens.',
  },
  /**
   * An unexpected failure, for example a function that was killed or could not start.
   * @remedy Send it again if `x-should-retry` is `true`. If it fails again, give the operator the request id.
   * @billed maybe
   */
  internal: {
    status: 500,
    type: 'api_error',
    retryable: true,
    from: 'every route',
    madeBy: ['gateway', 'lambda'],
    message:
      'Something unexpected went wrong. Try again. If it happens again, give the operator the request id.',
  },
} as const satisfies Record<string, ErrorDefinition>;

/** The closed set of wire codes. Branch on this, never on a message. */
export type ErrorCode = keyof typeof errors;

/** The codes after which the same request may succeed. */
export type RetryableCode = {
  [Code in ErrorCode]: (typeof errors)[Code]['retryable'] extends true ? Code : never;
}[ErrorCode];

export const errorCodes = Object.keys(errors) as readonly ErrorCode[];

export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(errors, value);
}

/** The definition of a code, with its optional fields visible. */
export function errorDefinition(code: ErrorCode): ErrorDefinition {
  return errors[code];
}

/** One fault of a request or of an answer. */
export interface RequestIssue {
  /** Where it is: `history.0.text`; empty for the whole. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
}

/** What `details` of `invalid_request` says. */
export interface RequestIssues {
  /** Every fault that was found. */
  readonly issues: readonly RequestIssue[];
}

/** What `details` of `unsupported_feature` says to clients that then go on without the feature. */
export interface UnsupportedDetails {
  /** The name of this error in the client's API. */
  readonly error_code: string;
  /** The features. */
  readonly unsupported: readonly string[];
}

/** What `details` of `unknown_model` and of `model_not_allowed` says. */
export interface AvailableModels {
  /** The models that this key may ask. */
  readonly available: readonly string[];
}

/** What `details` of `quota_exceeded` says, unless API Gateway's own quota is the one that is used up. */
export interface QuotaDetails {
  /** What is counted. */
  readonly limit: LimitKind;
  /** The period over which it is counted, by the calendar of the deployment's time zone. */
  readonly period: LimitPeriod;
  /** Whose usage is counted: the team's, over all its keys, or this key's. */
  readonly scope: LimitScope;
  /** The limit, in units of `limit`. */
  readonly max: number;
  /** How much of it is used, in the same unit. */
  readonly used: number;
  /** When the period ends: ISO 8601, UTC. If `max` is 0, calls are refused after it too. */
  readonly resetsAt: string;
}

/**
 * What `details` of `rate_limited` says if a limit by minute, on calls at once or with a pace refuses the call. Calls at once
 * have no period.
 */
export interface RateDetails
  extends Pick<QuotaDetails, 'scope' | 'max' | 'used'>,
    Partial<Pick<QuotaDetails, 'period' | 'resetsAt'>> {
  /** What is counted: a kind of limit, or `callsAtOnce`. */
  readonly limit: LimitKind | 'callsAtOnce';
  /** Only of a limit with a pace: the most that may be used by now, in the same unit. */
  readonly allowedNow?: number | undefined;
}

/** What `details` of `exceeds_limit` says. */
export interface ExcessDetails extends Pick<QuotaDetails, 'limit' | 'period' | 'scope' | 'max'> {
  /** The most that the call may cost, in the same unit. */
  readonly needed: number;
}

/** What `details` of `invalid_output` says. */
export interface OutputDetails {
  /** Why the model stopped: `max_tokens` for an answer that was cut off. */
  readonly stopReason: string;
  /** Where the answer does not fit. Empty if it is not JSON. */
  readonly issues: readonly RequestIssue[];
}

/** The `details` of the codes that have any. */
export interface ErrorDetails {
  /** Every fault of the request. */
  readonly invalid_request: RequestIssues;
  /** What the client of another API may go on without. */
  readonly unsupported_feature: UnsupportedDetails;
  /** The models that the key may ask. */
  readonly unknown_model: AvailableModels;
  /** The models that the key may ask. */
  readonly model_not_allowed: AvailableModels;
  /** The limit that is smaller than the call, and what the call may need of it. */
  readonly exceeds_limit: ExcessDetails;
  /** The limit that is used up. */
  readonly quota_exceeded: QuotaDetails;
  /** The limit by minute that is used up, the limit whose pace is passed, or the calls at once. */
  readonly rate_limited: RateDetails;
  /** Why the model stopped, and where its answer does not fit. */
  readonly invalid_output: OutputDetails;
}

export type DetailsOf<Code extends ErrorCode> = Code extends keyof ErrorDetails ? ErrorDetails[Code] : never;

/** The body of every error, no matter what made it. */
export interface ErrorEnvelope {
  /** Also the name of the event that ends a stream. */
  type: 'error';
  /** What went wrong. */
  error: {
    /** The kind of error, in the words of Anthropic's API. Several codes share one. */
    type: string;
    /** What happened. Branch on this; a newer server may add codes. */
    code: string;
    /** What happened and what to do, for people: it may change. */
    message: string;
    /** The request field at fault, or null. */
    param?: string | null | undefined;
    /** More of it, with some codes. */
    details?: unknown;
  };
  /** What finds the call in the logs: that of `x-request-id`. */
  request_id?: string | null | undefined;
}

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
