import { headers, limitHeaders } from './headers.ts';

/** Headers of an answer that a web page of another origin may read. */
export const exposedHeaders: readonly string[] = [
  headers.requestId,
  headers.anthropicRequestId,
  headers.retryAfter,
  headers.shouldRetry,
  headers.maxTokensLoweredTo,
  headers.tokenCount,
  headers.limitWarning,
  ...Object.values(limitHeaders).flatMap((names) => Object.values(names)),
];
