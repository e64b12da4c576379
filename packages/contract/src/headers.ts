/** Names of the HTTP headers that client and server agree on, in lower case. */
export const headers = {
  apiKey: 'x-api-key',
  requestId: 'x-request-id',
  /** Whole seconds, never above 60. */
  retryAfter: 'retry-after',
  /** `true` or `false`; OpenAI's and Anthropic's SDKs obey it too. */
  shouldRetry: 'x-should-retry',
} as const;
