import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { Api } from '../template/api.ts';
import { methodArn } from './method-arn.ts';
import { proxyEvent } from './proxy-event.ts';
import type { GatewayRequest } from './request.ts';
import { requestContext } from './request-context.ts';
import type { RouteMatch } from './router.ts';

/**
 * The event of a Lambda authorizer of type REQUEST: a proxy integration's event without the body, and with empty
 * objects in place of nulls.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export function authorizerEvent(
  api: Api,
  request: GatewayRequest,
  match: RouteMatch,
): APIGatewayRequestAuthorizerEvent {
  const context = requestContext(api, request, { match });
  const event = proxyEvent(api, request, match, context);
  return {
    type: 'REQUEST',
    methodArn: methodArn(api, request),
    resource: event.resource,
    path: event.path,
    httpMethod: event.httpMethod,
    headers: event.headers,
    multiValueHeaders: event.multiValueHeaders,
    queryStringParameters: event.queryStringParameters ?? {},
    multiValueQueryStringParameters: event.multiValueQueryStringParameters ?? {},
    pathParameters: event.pathParameters ?? {},
    stageVariables: {},
    requestContext: { ...context, authorizer: undefined },
  };
}
