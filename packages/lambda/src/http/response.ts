import { errorDefinition, errorEnvelope, headers, type LimitStatus, limitHeaders } from '@org/contract';
import type { ProxyError } from '../proxy-error.ts';

/** The head of a response. */
export interface ResponseHead {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A whole response. */
export interface HttpResponse extends ResponseHead {
  readonly body: string;
}

/** @param limits As they stand after the request. */
export function answerResponse(
  body: object,
  requestId: string,
  limits: readonly LimitStatus[] = [],
): HttpResponse {
  return {
    statusCode: 200,
    headers: {
      'content-type': 'application/json',
      ...uncached,
      ...requestIds(requestId),
      ...headersOfLimits(limits),
    },
    body: JSON.stringify(body),
  };
}

/** Never cached: remaining limits and a key's models depend on the moment and the caller. */
const uncached = { 'cache-control': 'no-store' };

function requestIds(requestId: string): Record<string, string> {
  return { [headers.requestId]: requestId, [headers.anthropicRequestId]: requestId };
}

/** Of each kind, the limit of which the least is left. */
function headersOfLimits(limits: readonly LimitStatus[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const kind of ['requests', 'tokens'] as const) {
    const [tightest] = limits.filter(({ limit }) => limit === kind).sort((a, b) => a.remaining - b.remaining);
    if (!tightest) continue;
    found[limitHeaders[kind].limit] = String(tightest.max);
    found[limitHeaders[kind].remaining] = String(tightest.remaining);
    found[limitHeaders[kind].reset] = tightest.resetsAt;
  }
  return found;
}

export function eventStreamHead(requestId: string): ResponseHead {
  return {
    statusCode: 200,
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      ...requestIds(requestId),
    },
  };
}

/** Adds a header with the number of output tokens that a call was lowered to. */
export function withLoweredTokens<Head extends ResponseHead>(head: Head, lowered: number | undefined): Head {
  if (lowered === undefined) return head;
  return { ...head, headers: { ...head.headers, [headers.maxTokensLoweredTo]: String(lowered) } };
}

/** The same for every door: OpenAI's and Anthropic's SDKs both read this envelope. */
export function errorResponse(error: ProxyError, requestId: string): HttpResponse {
  const { statement, retryable, retryAfterSeconds } = error;
  const { status } = errorDefinition(statement.code);
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      ...uncached,
      ...requestIds(requestId),
      [headers.shouldRetry]: String(retryable),
      ...(retryAfterSeconds === undefined || !retryable
        ? {}
        : { [headers.retryAfter]: String(retryAfterSeconds) }),
    },
    body: JSON.stringify(errorEnvelope(statement, requestId)),
  };
}
