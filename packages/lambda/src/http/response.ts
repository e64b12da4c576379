import {
  type Answer,
  errorDefinition,
  errorEnvelope,
  headers,
  type LimitStatus,
  limitHeaders,
  type ModelList,
  type UsageReport,
} from '@org/contract';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { ProxyError } from '../proxy-error.ts';

export function answerResponse(
  body: Answer | ModelList | UsageReport,
  requestId: string,
): APIGatewayProxyResult {
  return {
    statusCode: 200,
    headers: {
      'content-type': 'application/json',
      [headers.requestId]: requestId,
      ...('limits' in body ? headersOfLimits(body.limits) : {}),
    },
    body: JSON.stringify(body),
  };
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

export function errorResponse(
  { statement, retryable }: ProxyError,
  requestId: string,
): APIGatewayProxyResult {
  const { status, retryAfterSeconds } = errorDefinition(statement.code);
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      [headers.requestId]: requestId,
      [headers.shouldRetry]: String(retryable),
      ...(retryAfterSeconds === undefined || !retryable
        ? {}
        : { [headers.retryAfter]: String(retryAfterSeconds) }),
    },
    body: JSON.stringify(errorEnvelope(statement, requestId)),
  };
}
