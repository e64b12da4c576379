import { longestCallMs, routes } from '@org/contract';
import { Duration } from 'aws-cdk-lib';
import {
  ApiKeySourceType,
  AuthorizationType,
  EndpointType,
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
import { addPreflight } from './cors.ts';
import { addGatewayResponses } from './gateway-responses.ts';

export interface ProxyApiProps {
  readonly config: ProxyConfig;
  /** The function that answers. */
  readonly handler: IFunction;
  /** Says which API key a caller stands for. Left out: the header `x-api-key` says it. */
  readonly authorizer?: IAuthorizer | undefined;
}

/**
 * The REST API: every route of the contract, each behind an API key. API Gateway passes every answer on while it is
 * written: so it waits for 15 minutes, and for 5 without a byte, where it would give up after 29 seconds otherwise.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
export class ProxyApi extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, { config, handler, authorizer }: ProxyApiProps) {
    super(scope, id);
    const { rate, burst } = stageThrottleOf(config);
    this.api = new RestApi(this, 'Rest', {
      restApiName: `${config.name}-${config.stage}`,
      description: 'Amazon Bedrock by API key, within limits',
      endpointTypes: [EndpointType.REGIONAL],
      apiKeySourceType: authorizer ? ApiKeySourceType.AUTHORIZER : ApiKeySourceType.HEADER,
      // The role would be one of the account, which belongs to no single stack.
      cloudWatchRole: false,
      deployOptions: {
        stageName: config.stage,
        dataTraceEnabled: false,
        throttlingRateLimit: rate,
        throttlingBurstLimit: burst,
        ...(config.accessLog ? accessLogOptions(this, config) : {}),
      },
    });
    // The stack has an output of its own, under a name that people can type.
    this.api.node.tryRemoveChild('Endpoint');

    addGatewayResponses(this.api, config);
    this.addRoutes({ config, handler, authorizer });
  }

  private addRoutes({ config: { cors }, handler, authorizer }: ProxyApiProps): void {
    const integration = new LambdaIntegration(handler, {
      proxy: true,
      responseTransferMode: ResponseTransferMode.STREAM,
      timeout: Duration.millis(longestCallMs.stream),
      // One permission for the API, not two for each of its methods.
      scopePermissionToMethod: false,
    });
    const requestValidator = this.api.addRequestValidator('BodyValidator', {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    // Nothing finer: every fault of a field must reach the function, which can name it.
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
