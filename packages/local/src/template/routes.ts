import { defaultTimeoutMs } from '@org/infra/integration';
import * as z from 'zod/mini';
import type { ApiKeySource, Authorizer } from './authorizers.ts';
import { type FunctionDefinition, readFunctionUri } from './functions.ts';
import { type MockIntegration, readMockIntegration } from './mock-integration.ts';
import type { Resolver } from './resolver.ts';
import { TemplateError } from './template.ts';

/** One method of one resource. */
export interface Route {
  /** `GET`, `POST`, ... */
  readonly method: string;
  /** The resource's path: `/bedrock`, `/models/{name}`. */
  readonly path: string;
  readonly resourceId: string;
  readonly apiKeyRequired: boolean;
  /** Called for every request; undefined if there is none. */
  readonly authorizer: Authorizer | undefined;
  /** Content type to JSON Schema (draft-04); undefined if bodies are not validated. */
  readonly bodyModels: Readonly<Record<string, unknown>> | undefined;
  readonly integration: LambdaIntegration | MockIntegration;
}

/** A function whose answer is passed on while it writes. */
export interface LambdaIntegration {
  readonly target: FunctionDefinition;
  readonly timeoutMs: number;
}

const MethodProperties = z.object({
  ApiKeyRequired: z.optional(z.boolean()),
  AuthorizationScopes: z.optional(z.array(z.string())),
  AuthorizationType: z.optional(z.string()),
  AuthorizerId: z.optional(z.string()),
  HttpMethod: z.string(),
  Integration: z.object({
    Credentials: z.optional(z.string()),
    IntegrationHttpMethod: z.optional(z.string()),
    ResponseTransferMode: z._default(z.string(), 'BUFFERED'),
    TimeoutInMillis: z.optional(z.int()),
    Type: z.string(),
    Uri: z.optional(z.string()),
  }),
  RequestModels: z.optional(z.record(z.string(), z.string())),
  RequestParameters: z.optional(z.unknown()),
  RequestValidatorId: z.optional(z.string()),
  ResourceId: z.string(),
});

const ResourceProperties = z.object({ ParentId: z.string(), PathPart: z.string() });
const ModelProperties = z.object({ Schema: z.unknown() });
const ValidatorProperties = z.object({ ValidateRequestBody: z.optional(z.boolean()) });

type Method = z.output<typeof MethodProperties>;

/**
 * The limits of an integration's timeout.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
const minimumTimeoutMs = 50;
const maximumTimeoutMs = 900_000;

export function readRoutes(
  resolver: Resolver,
  restApi: string,
  known: {
    readonly functions: readonly FunctionDefinition[];
    readonly authorizers: readonly Authorizer[];
    readonly apiKeySource: ApiKeySource;
  },
): Route[] {
  const paths = readPaths(resolver, restApi);
  const readBodyModels = bodyModelReader(resolver);
  return resolver.idsOf('AWS::ApiGateway::Method').map((logicalId) => {
    const method = resolver.read(logicalId, MethodProperties);
    const path = paths.get(method.ResourceId);
    if (path === undefined) {
      throw new TemplateError(`${logicalId}: ResourceId is not a resource of the template's API`);
    }
    if (method.HttpMethod === 'ANY' || path.includes('+}')) {
      throw new TemplateError(
        `${logicalId}: ${method.HttpMethod} ${path} is not supported, only one method of one path`,
      );
    }
    const authorizer = readAuthorization(logicalId, method, known.authorizers);
    const apiKeyRequired = method.ApiKeyRequired ?? false;
    if (apiKeyRequired && known.apiKeySource === 'AUTHORIZER' && authorizer === undefined) {
      throw new TemplateError(
        `${logicalId}: ApiKeySourceType is AUTHORIZER, and the method has no authorizer`,
      );
    }
    const isPreflight = method.HttpMethod === 'OPTIONS' && !apiKeyRequired && authorizer === undefined;
    return {
      method: method.HttpMethod,
      path,
      resourceId: method.ResourceId,
      apiKeyRequired,
      authorizer,
      bodyModels: readBodyModels(logicalId, method),
      integration:
        method.Integration.Type === 'MOCK' && isPreflight
          ? readMockIntegration(resolver, logicalId)
          : readIntegration(logicalId, method.Integration, known.functions),
    };
  });
}

function readAuthorization(
  logicalId: string,
  { AuthorizationScopes: scopes, AuthorizationType: type = 'NONE', AuthorizerId: id }: Method,
  authorizers: readonly Authorizer[],
): Authorizer | undefined {
  if (scopes !== undefined) throw new TemplateError(`${logicalId}: AuthorizationScopes is not supported`);
  if (type === 'NONE' && id === undefined) return undefined;
  if (type !== 'CUSTOM') {
    throw new TemplateError(
      `${logicalId}: AuthorizationType ${type}${id === undefined ? '' : ' with an AuthorizerId'} is not supported`,
    );
  }
  const authorizer = authorizers.find((candidate) => candidate.id === id);
  if (authorizer === undefined) {
    throw new TemplateError(`${logicalId}: AuthorizerId is not an authorizer of the template`);
  }
  return authorizer;
}

/** Resource id to path. */
function readPaths(resolver: Resolver, restApi: string): Map<string, string> {
  const resources = new Map(
    resolver
      .idsOf('AWS::ApiGateway::Resource')
      .map((logicalId) => [resolver.ref(logicalId), resolver.read(logicalId, ResourceProperties)]),
  );
  const root = resolver.getAtt(restApi, 'RootResourceId');
  const parentPath = (id: string): string => {
    const resource = resources.get(id);
    if (resource === undefined && id !== root) {
      throw new TemplateError(`A resource's ParentId is neither the root nor a resource of the template`);
    }
    return resource === undefined ? '' : `${parentPath(resource.ParentId)}/${resource.PathPart}`;
  };
  return new Map([[root, '/'], ...[...resources.keys()].map((id) => [id, parentPath(id)] as const)]);
}

/** Reads the models by which a method's bodies are validated. */
function bodyModelReader(resolver: Resolver): (logicalId: string, method: Method) => Route['bodyModels'] {
  const byRef = <Schema extends z.ZodMiniObject>(type: string, schema: Schema) =>
    new Map(
      resolver.idsOf(type).map((logicalId) => [resolver.ref(logicalId), resolver.read(logicalId, schema)]),
    );
  const models = byRef('AWS::ApiGateway::Model', ModelProperties);
  const validators = byRef('AWS::ApiGateway::RequestValidator', ValidatorProperties);
  return (logicalId, { RequestModels = {}, RequestParameters, RequestValidatorId }) => {
    if (RequestParameters !== undefined) {
      throw new TemplateError(`${logicalId}: RequestParameters is not supported`);
    }
    if (RequestValidatorId === undefined) return undefined;
    const validator = validators.get(RequestValidatorId);
    if (validator === undefined) {
      throw new TemplateError(`${logicalId}: RequestValidatorId is not a validator of the template`);
    }
    const schemas = Object.entries(RequestModels).map(([contentType, name]) => {
      const model = models.get(name);
      if (model === undefined) throw new TemplateError(`${logicalId}: the template has no model ${name}`);
      return [contentType, model.Schema] as const;
    });
    return validator.ValidateRequestBody === true ? Object.fromEntries(schemas) : undefined;
  };
}

function readIntegration(
  logicalId: string,
  integration: Method['Integration'],
  functions: readonly FunctionDefinition[],
): LambdaIntegration {
  if (integration.Type !== 'AWS_PROXY') {
    const exception = integration.Type === 'MOCK' ? ', except for OPTIONS without key and authorizer' : '';
    throw new TemplateError(
      `${logicalId}: an integration of type ${integration.Type} is not supported${exception}`,
    );
  }
  if (integration.Credentials !== undefined) {
    throw new TemplateError(`${logicalId}: Integration.Credentials is not supported`);
  }
  // API Gateway would deploy another method and then fail every call: Lambda's Invoke is a POST.
  if (integration.IntegrationHttpMethod !== 'POST') {
    throw new TemplateError(`${logicalId}: IntegrationHttpMethod must be POST for a Lambda function`);
  }
  // The functions stream every answer. With a buffering method, callers would see headers and no body.
  if (integration.ResponseTransferMode !== 'STREAM') {
    throw new TemplateError(
      `${logicalId}: ResponseTransferMode is ${integration.ResponseTransferMode}, and only STREAM is supported`,
    );
  }
  const uri = readFunctionUri(logicalId, integration.Uri ?? '');
  if (uri.mode !== 'STREAM') {
    throw new TemplateError(
      `${logicalId}: ResponseTransferMode is STREAM, but the URI is of a ${uri.mode} invocation`,
    );
  }
  const timeoutMs = integration.TimeoutInMillis ?? defaultTimeoutMs;
  if (timeoutMs < minimumTimeoutMs || timeoutMs > maximumTimeoutMs) {
    throw new TemplateError(
      `${logicalId}: TimeoutInMillis is ${timeoutMs}, and must be ${minimumTimeoutMs} to ${maximumTimeoutMs}`,
    );
  }
  const target = functions.find(({ arn }) => arn === uri.functionArn);
  if (target === undefined) {
    throw new TemplateError(`${logicalId}: ${uri.functionArn} is not a function of the template`);
  }
  return { target, timeoutMs };
}
