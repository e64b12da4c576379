import { type Answer, errorDefinition, errorEnvelope, headers } from '@org/contract';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { ProxyError } from './proxy-error.ts';

export function answerResponse(answer: Answer): APIGatewayProxyResult {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json', [headers.requestId]: answer.id },
    body: JSON.stringify(answer),
  };
}

export function errorResponse({ statement }: ProxyError, requestId: string): APIGatewayProxyResult {
  const { status, retryable, retryAfterSeconds } = errorDefinition(statement.code);
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      [headers.requestId]: requestId,
      [headers.shouldRetry]: String(retryable),
      ...(retryAfterSeconds === undefined ? {} : { [headers.retryAfter]: String(retryAfterSeconds) }),
    },
    body: JSON.stringify(errorEnvelope(statement, requestId)),
  };
}
