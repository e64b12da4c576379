import { headers as headerNames } from '@org/contract';
import type { ResponseHeaders } from '../http/fetch.ts';

/** The request id of a response: the proxy's, else API Gateway's own. */
export function readRequestId(headers: ResponseHeaders): string | undefined {
  const names = [headerNames.requestId, 'x-amzn-requestid', 'apigw-requestid'];
  return names.map((name) => headers.get(name)).find(Boolean) ?? undefined;
}
