import type { Api } from '../template/api.ts';
import { partitionOf } from '../template/stack.ts';
import type { GatewayRequest } from './request.ts';

/** What the ARN of everything that an API can be asked for begins with. */
export function apiArn({ id, stack: { region, account } }: Pick<Api, 'id' | 'stack'>): string {
  return `arn:${partitionOf(region)}:execute-api:${region}:${account}:${id}`;
}

/**
 * The ARN of the method that a request is for, with the path that was asked for.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
 */
export function methodArn(
  api: Pick<Api, 'id' | 'stack' | 'stage'>,
  { method, path }: GatewayRequest,
): string {
  const below = path.slice(`/${api.stage.name}/`.length);
  return `${apiArn(api)}/${api.stage.name}/${method}/${below}`;
}
