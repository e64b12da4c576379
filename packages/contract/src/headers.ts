/** Names of the HTTP headers that client and server agree on, in lower case. */
export const headers = {
  /**
   * The key; where the deployment has sign-in, also a token. `Authorization: Bearer` says the same, unless the deployment
   * has it off; of two that differ, this one counts.
   */
  apiKey: 'x-api-key',
  /** Which client sends it, on which runtime, and which attempt it is. For the logs. */
  client: 'x-bedrock-client',
  /** What finds the call in the logs: also in the body, and in every log line. */
  requestId: 'x-request-id',
  /** The same, where Anthropic's SDKs look for it. */
  anthropicRequestId: 'request-id',
  /**
   * How long to wait before sending the request again: whole seconds. Above 60 only if a limit's pace refused it, with
   * `x-should-retry: false`.
   */
  retryAfter: 'retry-after',
  /**
   * Of an answer: to how many output tokens the call was lowered, because the plan lowers what is above its own or the
   * model's most, or because the limits had room for no more and the call asked for what fits. Left out where it was not.
   */
  maxTokensLoweredTo: 'x-max-tokens-lowered-to',
  /**
   * Of an answer: the limits that are nearly used up, as `warnings` of the native API has them. A list of structured fields
   * (RFC 9651): `usd;period=month;scope=team;threshold=80;used="41.2";max="50";resets-at="2026-12-01T00:00:00.000Z"`. A
   * stream says how they stand when it begins, with all that is reserved for it. Left out if there is none.
   */
  limitWarning: 'x-limit-warning',
  /** Whether the same request may be sent again: `true` or `false`; OpenAI's and Anthropic's SDKs obey it too. */
  shouldRetry: 'x-should-retry',
  /**
   * Of an answer that says how many tokens a request has: `exact` where Bedrock counted them, `estimate` where it does not
   * for the model and the number is a guess.
   */
  tokenCount: 'x-token-count',
} as const;

/**
 * Names of the headers that say what is left of the tightest limit on requests and on tokens; the names are
 * OpenAI's. `reset` is ISO 8601.
 */
export const limitHeaders = {
  requests: {
    limit: 'x-ratelimit-limit-requests',
    remaining: 'x-ratelimit-remaining-requests',
    reset: 'x-ratelimit-reset-requests',
  },
  tokens: {
    limit: 'x-ratelimit-limit-tokens',
    remaining: 'x-ratelimit-remaining-tokens',
    reset: 'x-ratelimit-reset-tokens',
  },
} as const;
