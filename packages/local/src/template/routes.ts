import * as z from 'zod/mini';
import type { ApiKeySource, Authorizer } from './authorizers.ts';
import { type FunctionDefinition, readFunctionUri, type TransferMode } from './functions.ts';
import { type MockIntegration, readMockIntegration } from './mock-integration.ts';
import type { Resolver } from './resolver.ts';
import { TemplateError } from './template.ts';

/** One method of one resource. */
export interface Route {
  /** `GET`, `POST`, ..., or `ANY`. */
  readonly method: string;
  /** The resource's path: `/bedrock`, `/models/{name}`, `/{proxy+}`. */
  readonly path: string;
  readonly resourceId: string;
  readonly apiKeyRequired: boolean;
  /** Asked about every request; undefined where nobody is. */
  readonly authorizer: Authorizer | undefined;
  /** Content type to JSON Schema (draft-04); undefined where bodies are not validated. */
  readonly bodyModels: Readonly<Record<string, unknown>> | undefined;
  /** Parameters that must be present, sorted; empty where they are not validated. */
  readonly requiredParameters: readonly RequiredParameter[];
  readonly integration: LambdaIntegration | MockIntegration;
}

export interface RequiredParameter {
  readonly location: 'header' | 'querystring' | 'path';
  readonly name: string;
}

export interface LambdaIntegration {
  readonly target: FunctionDefinition;
  readonly transferMode: TransferMode;
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
    ResponseTransferMode: z.optional(z.enum(['BUFFERED', 'STREAM'])),
    TimeoutInMillis: z.optional(z.int()),
    Type: z.string(),
    Uri: z.optional(z.string()),
  }),
  RequestModels: z.optional(z.record(z.string(), z.string())),
  RequestParameters: z.optional(z.record(z.string(), z.boolean())),
  RequestValidatorId: z.optional(z.string()),
  ResourceId: z.string(),
});

const ResourceProperties = z.object({ ParentId: z.string(), PathPart: z.string() });
const ModelProperties = z.object({ Schema: z.unknown() });
const ValidatorProperties = z.object({
  ValidateRequestBody: z.optional(z.boolean()),
  ValidateRequestParameters: z.optional(z.boolean()),
});

/** Every API has this model from the start. */
const emptyModel = { type: 'object' };

type Method = z.output<typeof MethodProperties>;

/**
 * The limits of an integration's timeout. An account may have a higher one for buffered integrations, on request.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
const minimumTimeoutMs = 50;
const maximumTimeoutMs = { BUFFERED: 29_000, STREAM: 900_000 } as const satisfies Record<
  TransferMode,
  number
>;
const defaultTimeoutMs = 29_000;

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
  const readers = { models: readModels(resolver), validators: readValidators(resolver) };
  return resolver.idsOf('AWS::ApiGateway::Method').map((logicalId) => {
    const method = resolver.read(logicalId, MethodProperties);
    const path = paths.get(method.ResourceId);
    if (path === undefined) {
      throw new TemplateError(`${logicalId}: ResourceId is not a resource of the template's API`);
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
      ...readValidation(logicalId, method, readers),
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

function readModels(resolver: Resolver): (name: string) => unknown {
  const schemas = new Map(
    resolver
      .idsOf('AWS::ApiGateway::Model')
      .map((logicalId) => [resolver.ref(logicalId), resolver.read(logicalId, ModelProperties).Schema]),
  );
  return (name) => schemas.get(name) ?? (name === 'Empty' ? emptyModel : undefined);
}

function readValidators(
  resolver: Resolver,
): (id: string) => z.output<typeof ValidatorProperties> | undefined {
  const validators = new Map(
    resolver
      .idsOf('AWS::ApiGateway::RequestValidator')
      .map((logicalId) => [resolver.ref(logicalId), resolver.read(logicalId, ValidatorProperties)]),
  );
  return (id) => validators.get(id);
}

function readValidation(
  logicalId: string,
  method: Method,
  readers: { models: ReturnType<typeof readModels>; validators: ReturnType<typeof readValidators> },
): Pick<Route, 'bodyModels' | 'requiredParameters'> {
  if (method.RequestValidatorId === undefined) {
    return { bodyModels: undefined, requiredParameters: [] };
  }
  const validator = readers.validators(method.RequestValidatorId);
  if (validator === undefined) {
    throw new TemplateError(`${logicalId}: RequestValidatorId is not a validator of the template`);
  }
  const models = Object.entries(method.RequestModels ?? {}).map(([contentType, name]) => {
    const schema = readers.models(name);
    if (schema === undefined) {
      throw new TemplateError(`${logicalId}: the template has no model ${name}`);
    }
    return [contentType, schema] as const;
  });
  const parameters = Object.entries(method.RequestParameters ?? {})
    .filter(([, required]) => required)
    .map(([expression]) => readParameter(logicalId, expression))
    .sort((a, b) => a.name.localeCompare(b.name));
  return {
    bodyModels: validator.ValidateRequestBody === true ? Object.fromEntries(models) : undefined,
    requiredParameters: validator.ValidateRequestParameters === true ? parameters : [],
  };
}

function readParameter(logicalId: string, expression: string): RequiredParameter {
  const match = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(expression);
  const [, location, name] = match ?? [];
  if (name === undefined || (location !== 'header' && location !== 'querystring' && location !== 'path')) {
    throw new TemplateError(`${logicalId}: ${expression} is not a request parameter`);
  }
  return { location, name };
}

function readIntegration(
  logicalId: string,
  integration: Method['Integration'],
  functions: readonly FunctionDefinition[],
): LambdaIntegration {
  if (integration.Type !== 'AWS_PROXY') {
    const exception = integration.Type === 'MOCK' ? ', but for OPTIONS without key and authorizer' : '';
    throw new TemplateError(
      `${logicalId}: an integration of type ${integration.Type} is not supported${exception}`,
    );
  }
  if (integration.Credentials !== undefined) {
    throw new TemplateError(`${logicalId}: Integration.Credentials is not supported`);
  }
  // API Gateway deploys other methods and then fails every call: Lambda's Invoke is a POST.
  if (integration.IntegrationHttpMethod !== 'POST') {
    throw new TemplateError(`${logicalId}: IntegrationHttpMethod must be POST for a Lambda function`);
  }
  const transferMode = integration.ResponseTransferMode ?? 'BUFFERED';
  const uri = readFunctionUri(logicalId, integration.Uri ?? '');
  if (transferMode !== uri.mode) {
    throw new TemplateError(
      `${logicalId}: ResponseTransferMode is ${transferMode}, but the URI is of a ${uri.mode} invocation`,
    );
  }
  const timeoutMs = integration.TimeoutInMillis ?? defaultTimeoutMs;
  const maximum = maximumTimeoutMs[transferMode];
  if (timeoutMs < minimumTimeoutMs || timeoutMs > maximum) {
    throw new TemplateError(
      `${logicalId}: TimeoutInMillis is ${timeoutMs}, and must be ${minimumTimeoutMs} to ${maximum} for ${transferMode}`,
    );
  }
  const target = functions.find(({ arn }) => arn === uri.functionArn);
  if (target === undefined) {
    throw new TemplateError(`${logicalId}: ${uri.functionArn} is not a function of the template`);
  }
  return { target, transferMode, timeoutMs };
}
