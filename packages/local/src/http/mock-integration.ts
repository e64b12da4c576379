import type { MockIntegration } from '../template/mock-integration.ts';
import { header } from './header-list.ts';
import type { GatewayRequest } from './request.ts';
import type { WholeResponse } from './response.ts';

/**
 * Answers without a function.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-test-cors.html
 */
export function integrateMock(
  { status, headers, otherOrigins }: MockIntegration,
  request: GatewayRequest,
): WholeResponse {
  const origin = header(request.headers, 'origin');
  const override =
    origin !== undefined && otherOrigins.includes(origin) ? { 'access-control-allow-origin': origin } : {};
  return {
    status,
    headers: Object.entries({ 'content-type': 'application/json', ...headers, ...override }),
    body: '',
  };
}
