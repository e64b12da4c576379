import type { Api } from '../template/api.ts';
import { partitionOf } from '../template/stack.ts';
import type { GatewayRequest } from './request.ts';
import { stagePath } from './stage-path.ts';

/** The start of the ARNs of all an API's methods. */
export function apiArn({ id, stack: { region, account } }: Pick<Api, 'id' | 'stack'>): string {
  return `arn:${partitionOf(region)}:execute-api:${region}:${account}:${id}`;
}

/**
 * The ARN of a request's method, with the path that the caller sent.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
 */
export function methodArn(
  api: Pick<Api, 'id' | 'stack' | 'stage' | 'domain'>,
  request: GatewayRequest,
): string {
  const below = stagePath(api, request) ?? '/';
  return `${apiArn(api)}/${api.stage.name}/${request.method}${below}`;
}
