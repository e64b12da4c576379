import { headers as headerNames } from '@org/contract';
import type { ResponseHeaders } from './fetch.ts';

/** The request id of a response: the proxy's, else API Gateway's own. */
export function readRequestId(headers: ResponseHeaders): string | undefined {
  return (
    headers.get(headerNames.requestId) ||
    headers.get('x-amzn-requestid') ||
    headers.get('apigw-requestid') ||
    undefined
  );
}

/** The media type of a response, without its parameters. */
export function readMediaType(headers: ResponseHeaders): string | undefined {
  return headers.get('content-type')?.match(/^[\w.+-]+\/[\w.+-]+/)?.[0];
}
