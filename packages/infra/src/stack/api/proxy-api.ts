import { longestCallMs, routes } from '@org/contract';
import { Duration } from 'aws-cdk-lib';
import {
  ApiKeySourceType,
  AuthorizationType,
  type IAuthorizer,
  JsonSchemaType,
  JsonSchemaVersion,
  LambdaIntegration,
  ResponseTransferMode,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ProxyConfig } from '../../config/config.ts';
import { stageThrottleOf } from '../../config/stage-throttle.ts';
import { accessLogOptions } from './access-log.ts';
import { ApiDomain } from './api-domain.ts';
import { addPreflight } from './cors.ts';
import { endpointOf, privateUrl, setEndpoint } from './endpoint.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import { resourcePolicy } from './resource-policy.ts';

export interface ProxyApiProps {
  readonly config: ProxyConfig;
  /** The function that answers. */
  readonly handler: IFunction;
  /** Names the caller's API key. Left out: the header `x-api-key` names it. */
  readonly authorizer?: IAuthorizer | undefined;
}

/**
 * The REST API: every route of the contract, each behind an API key. API Gateway streams every answer. So it waits for
 * up to 15 minutes, and for 5 without a byte; otherwise it would give up after 29 seconds.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
export class ProxyApi extends Construct {
  readonly api: RestApi;
  /** URL that the routes are below, with a slash at its end. */
  readonly url: string;
  /** The config's domain in front of it. */
  readonly domain: ApiDomain | undefined;

  constructor(scope: Construct, id: string, { config, handler, authorizer }: ProxyApiProps) {
    super(scope, id);
    const { rate, burst } = stageThrottleOf(config);
    const policy = resourcePolicy(config);
    const { domain, privateApi } = config;
    this.api = new RestApi(this, 'Rest', {
      restApiName: `${config.name}-${config.stage}`,
      description: 'Amazon Bedrock by API key, within limits',
      ...(policy ? { policy } : {}),
      ...(domain?.disableDefaultEndpoint ? { disableExecuteApiEndpoint: true } : {}),
      apiKeySourceType: authorizer ? ApiKeySourceType.AUTHORIZER : ApiKeySourceType.HEADER,
      // The role would be the account's, which belongs to no single stack.
      cloudWatchRole: false,
      deployOptions: {
        stageName: config.stage,
        dataTraceEnabled: false,
        throttlingRateLimit: rate,
        throttlingBurstLimit: burst,
        ...(config.traces && { tracingEnabled: true }),
        ...(config.accessLog ? accessLogOptions(this, config) : {}),
      },
    });
    // The stack has its own output, under a name that people can type.
    this.api.node.tryRemoveChild('Endpoint');

    setEndpoint(this.api, config);
    this.domain =
      domain && new ApiDomain(this, 'Domain', { domain, api: this.api, endpoint: endpointOf(config) });
    const [vpcEndpointId] = privateApi?.vpcEndpointIds ?? [];
    this.url =
      this.domain?.url ?? (vpcEndpointId === undefined ? this.api.url : privateUrl(this.api, vpcEndpointId));
    addGatewayResponses(this.api, config);
    this.addRoutes({ config, handler, authorizer });
  }

  private addRoutes({ config: { cors }, handler, authorizer }: ProxyApiProps): void {
    const integration = new LambdaIntegration(handler, {
      proxy: true,
      responseTransferMode: ResponseTransferMode.STREAM,
      timeout: Duration.millis(longestCallMs.stream),
      // One permission for the API instead of two for each of its methods.
      scopePermissionToMethod: false,
    });
    const requestValidator = this.api.addRequestValidator('BodyValidator', {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    // Not stricter, because every wrong field must reach the function, which can name it.
    const jsonObject = this.api.addModel('JsonObject', {
      contentType: 'application/json',
      schema: { schema: JsonSchemaVersion.DRAFT4, type: JsonSchemaType.OBJECT },
    });

    for (const { method, path } of Object.values(routes)) {
      const resource = this.api.root.resourceForPath(path);
      resource.addMethod(method, integration, {
        apiKeyRequired: true,
        requestValidator,
        ...(authorizer ? { authorizer, authorizationType: AuthorizationType.CUSTOM } : {}),
        ...(method === 'POST' ? { requestModels: { 'application/json': jsonObject } } : {}),
      });
      if (cors) addPreflight(resource, method, cors);
    }
  }
}
