import { type Route, routes } from '@org/contract';
import { longestCallMs } from '@org/lambda/environment';
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
  /** The function that answers, by how it answers. */
  readonly functions: Readonly<Record<Route['transfer'], IFunction>>;
  /** Says which API key a caller stands for. Left out: the header `x-api-key` says it. */
  readonly authorizer?: IAuthorizer | undefined;
}

/** The REST API: every route of the contract, each behind an API key, each answered by the function of its kind. */
export class ProxyApi extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, { config, functions, authorizer }: ProxyApiProps) {
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
    this.addRoutes({ config, functions, authorizer });
  }

  private addRoutes({ config: { cors }, functions, authorizer }: ProxyApiProps): void {
    const integrationOf = (transfer: Route['transfer'], responseTransferMode: ResponseTransferMode) =>
      new LambdaIntegration(functions[transfer], {
        proxy: true,
        responseTransferMode,
        timeout: Duration.millis(longestCallMs[transfer]),
        // One permission for the API, not two for each of its methods.
        scopePermissionToMethod: false,
      });
    const integrations = {
      buffered: integrationOf('buffered', ResponseTransferMode.BUFFERED),
      stream: integrationOf('stream', ResponseTransferMode.STREAM),
    };
    const requestValidator = this.api.addRequestValidator('BodyValidator', {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    // Nothing finer: every fault of a field must reach the function, which can name it.
    const jsonObject = this.api.addModel('JsonObject', {
      contentType: 'application/json',
      schema: { schema: JsonSchemaVersion.DRAFT4, type: JsonSchemaType.OBJECT },
    });

    const table: Readonly<Record<string, Route>> = routes;
    for (const { method, path, transfer } of Object.values(table)) {
      const resource = this.api.root.resourceForPath(path);
      resource.addMethod(method, integrations[transfer], {
        apiKeyRequired: true,
        requestValidator,
        ...(authorizer ? { authorizer, authorizationType: AuthorizationType.CUSTOM } : {}),
        ...(method === 'POST' ? { requestModels: { 'application/json': jsonObject } } : {}),
      });
      if (cors) addPreflight(resource, method, cors, { bearer: authorizer !== undefined });
    }
  }
}
