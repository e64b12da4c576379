import {
  errorDefinition,
  errorEnvelope,
  headers,
  type LimitStatus,
  type LimitWarning,
  limitHeaders,
} from '@org/contract';
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

/** @param standing The limits after the request, and those that are nearly used up. */
export function answerResponse(
  body: object,
  requestId: string,
  standing: { readonly limits?: readonly LimitStatus[]; readonly warnings?: readonly LimitWarning[] } = {},
): HttpResponse {
  const { limits = [], warnings = [] } = standing;
  return {
    statusCode: 200,
    headers: {
      'content-type': 'application/json',
      ...uncached,
      ...requestIds(requestId),
      ...headersOfLimits(limits),
      ...headerOfWarnings(warnings),
    },
    body: JSON.stringify(body),
  };
}

/** Never cached: remaining limits and a key's models depend on the moment and the caller. */
const uncached = { 'cache-control': 'no-store' };

function requestIds(requestId: string): Record<string, string> {
  return { [headers.requestId]: requestId, [headers.anthropicRequestId]: requestId };
}

/** Of each kind, the limit of which the least is left, by its pace if it has one. */
function headersOfLimits(limits: readonly LimitStatus[]): Record<string, string> {
  const found: Record<string, string> = {};
  const leftOf = ({ remaining, used, allowedNow = Number.POSITIVE_INFINITY }: LimitStatus) =>
    Math.max(0, Math.min(remaining, allowedNow - used));
  for (const kind of ['requests', 'tokens'] as const) {
    const [tightest] = limits.filter(({ limit }) => limit === kind).sort((a, b) => leftOf(a) - leftOf(b));
    if (!tightest) continue;
    found[limitHeaders[kind].limit] = String(tightest.max);
    found[limitHeaders[kind].remaining] = String(leftOf(tightest));
    found[limitHeaders[kind].reset] = tightest.resetsAt;
  }
  return found;
}

/** @see https://www.rfc-editor.org/rfc/rfc9651.html */
function headerOfWarnings(warnings: readonly LimitWarning[]): Record<string, string> {
  if (warnings.length === 0) return {};
  // Amounts are strings, because the numbers of such a field have at most three decimals.
  const items = warnings.map(
    ({ limit, period, scope, threshold, used, max, resetsAt }) =>
      `${limit};period=${period};scope=${scope};threshold=${threshold};used="${used}";max="${max}";resets-at="${resetsAt}"`,
  );
  return { [headers.limitWarning]: items.join(', ') };
}

/** @param warnings The limits that are nearly used up, as the stream begins. */
export function eventStreamHead(requestId: string, warnings: readonly LimitWarning[] = []): ResponseHead {
  return {
    statusCode: 200,
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      ...requestIds(requestId),
      ...headerOfWarnings(warnings),
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
      ...(retryAfterSeconds === undefined ? {} : { [headers.retryAfter]: String(retryAfterSeconds) }),
    },
    body: JSON.stringify(errorEnvelope(statement, requestId)),
  };
}
