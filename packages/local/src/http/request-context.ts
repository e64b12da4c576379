import type { APIGatewayEventRequestContext } from 'aws-lambda';
import type { Api } from '../template/api.ts';
import type { ApiKey } from '../template/usage-plans.ts';
import type { Authorization } from './authorizer-result.ts';
import { header } from './header-list.ts';
import type { GatewayRequest } from './request.ts';
import type { RouteMatch } from './router.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** The published types lack the deployment id, which API Gateway sends. */
export type RequestContext = APIGatewayEventRequestContext & { readonly deploymentId: string };

/** The facts about a request that are known so far. */
export interface KnownOfRequest {
  readonly match?: RouteMatch;
  readonly apiKey?: ApiKey;
  readonly authorization?: Authorization;
}

/**
 * API Gateway's facts about a request: `requestContext` of the event, `$context` of gateway responses.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#context-variable-reference
 */
export function requestContext(
  api: Api,
  request: GatewayRequest,
  { match, apiKey, authorization }: KnownOfRequest,
): RequestContext {
  const domainName = header(request.headers, 'host') ?? '';
  return {
    accountId: api.stack.account,
    apiId: api.id,
    authorizer: authorization && {
      ...authorization.context,
      principalId: authorization.principalId,
    },
    deploymentId: api.stage.deployment,
    domainName,
    domainPrefix: domainName.split('.')[0],
    extendedRequestId: request.extendedId,
    httpMethod: request.method,
    identity: {
      accessKey: null,
      accountId: null,
      apiKey: apiKey?.value ?? null,
      apiKeyId: apiKey?.id ?? null,
      caller: null,
      clientCert: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: request.sourceIp,
      user: null,
      userAgent: header(request.headers, 'user-agent') ?? null,
      userArn: null,
    },
    path: request.path,
    protocol: `HTTP/${request.httpVersion}`,
    requestId: request.id,
    requestTime: commonLogTime(request.receivedAt),
    requestTimeEpoch: request.receivedAt,
    resourceId: match?.route.resourceId ?? '',
    resourcePath: match?.route.path ?? '',
    stage: api.stage.name,
  };
}

/** `22/Nov/2026:19:53:00 +0000` */
function commonLogTime(epochMs: number): string {
  const time = new Date(epochMs);
  const day = String(time.getUTCDate()).padStart(2, '0');
  const clock = time.toISOString().slice(11, 19);
  return `${day}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}:${clock} +0000`;
}
