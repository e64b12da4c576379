import * as z from 'zod/mini';
import { type ApiKeySource, readAuthorizers } from './authorizers.ts';
import { type BucketDefinition, readBuckets } from './buckets.ts';
import { refuseCircles } from './dependencies.ts';
import { type Domain, readDomain } from './domain.ts';
import { type FunctionDefinition, readFunctions } from './functions.ts';
import { type GatewayResponses, readGatewayResponses } from './gateway-responses.ts';
import { type InferenceProfile, readInferenceProfiles } from './inference-profiles.ts';
import { type Output, readOutputs } from './outputs.ts';
import { type InvokePermission, readPermissions } from './permissions.ts';
import { Resolver } from './resolver.ts';
import { type ResourcePolicy, readResourcePolicy } from './resource-policy.ts';
import { readStackResources, type StackResource } from './resources.ts';
import { type Route, readRoutes } from './routes.ts';
import type { Stack } from './stack.ts';
import { readStage, type Stage } from './stage.ts';
import { readTables, type TableDefinition } from './tables.ts';
import { type Template, TemplateError } from './template.ts';
import { type ApiKey, readApiKeys, readUsagePlans, type UsagePlan } from './usage-plans.ts';
import { readWatch, type Watch } from './watch.ts';

/** One deployed REST API: every part of a template that decides how a request is answered. */
export interface Api {
  readonly id: string;
  readonly stack: Stack;
  readonly stage: Stage;
  readonly apiKeySource: ApiKeySource;
  /** Who may call. Undefined: everyone. */
  readonly policy: ResourcePolicy | undefined;
  readonly domain: Domain | undefined;
  readonly routes: readonly Route[];
  readonly gatewayResponses: GatewayResponses;
  readonly apiKeys: readonly ApiKey[];
  /** Only the plans that cover this stage. */
  readonly usagePlans: readonly UsagePlan[];
  readonly functions: readonly FunctionDefinition[];
  readonly mayInvoke: InvokePermission;
  /** The functions' tables. */
  readonly tables: readonly TableDefinition[];
  readonly inferenceProfiles: readonly InferenceProfile[];
  readonly buckets: readonly BucketDefinition[];
  readonly outputs: readonly Output[];
  readonly watch: Watch;
  /** Of the types whose physical ids the commands need. */
  readonly resources: readonly StackResource[];
}

const RestApiProperties = z.object({
  ApiKeySourceType: z._default(z.enum(['HEADER', 'AUTHORIZER']), 'HEADER'),
  BinaryMediaTypes: z.optional(z.array(z.string())),
  Body: z.optional(z.unknown()),
  BodyS3Location: z.optional(z.unknown()),
  EndpointConfiguration: z.object({ Types: z.tuple([z.enum(['REGIONAL', 'PRIVATE'])]) }),
  MinimumCompressionSize: z.optional(z.number()),
  Policy: z.optional(z.unknown()),
});

/** Reads the one REST API of a template. */
export function readApi(
  template: Template,
  stack: Stack,
  assetDirectory: (objectKey: string) => string,
): Api {
  const resolver = new Resolver(template, stack);
  refuseCircles(template);
  const restApi = onlyOne(resolver, 'AWS::ApiGateway::RestApi');
  const properties = resolver.read(restApi, RestApiProperties);
  refuseUnsupported(restApi, properties);
  const id = resolver.ref(restApi);
  const stage = readStage(resolver, onlyOne(resolver, 'AWS::ApiGateway::Stage'), id);
  if (!resolver.idsOf('AWS::ApiGateway::Deployment').some((id) => resolver.ref(id) === stage.deployment)) {
    throw new TemplateError(`The stage's DeploymentId is not a deployment of the template`);
  }
  const functions = readFunctions(resolver, assetDirectory);
  const apiKeys = readApiKeys(resolver);
  const authorizers = readAuthorizers(resolver, id, functions);
  const apiKeySource = properties.ApiKeySourceType;
  return {
    id,
    stack,
    stage,
    apiKeySource,
    policy: properties.Policy === undefined ? undefined : readResourcePolicy(restApi, properties.Policy),
    domain: readDomain(resolver, id, stage),
    routes: readRoutes(resolver, restApi, { functions, authorizers, apiKeySource }),
    gatewayResponses: readGatewayResponses(resolver, id),
    apiKeys,
    usagePlans: readUsagePlans(resolver, apiKeys, id, stage),
    functions,
    mayInvoke: readPermissions(resolver),
    tables: readTables(resolver),
    inferenceProfiles: readInferenceProfiles(resolver),
    buckets: readBuckets(resolver),
    outputs: readOutputs(resolver),
    watch: readWatch(resolver),
    resources: readStackResources(resolver),
  };
}

function onlyOne(resolver: Resolver, type: string): string {
  const [first, ...others] = resolver.idsOf(type);
  if (first === undefined || others.length > 0) {
    throw new TemplateError(
      `The template must have exactly one ${type}, and it has ${others.length + (first ? 1 : 0)}`,
    );
  }
  return first;
}

/** A setting that would change answers on AWS, and that is not interpreted here, must not be ignored silently. */
function refuseUnsupported(restApi: string, properties: z.output<typeof RestApiProperties>): void {
  const unsupported = [
    (properties.BinaryMediaTypes?.length ?? 0) > 0 && 'BinaryMediaTypes',
    properties.Body !== undefined && 'Body',
    properties.BodyS3Location !== undefined && 'BodyS3Location',
    properties.MinimumCompressionSize !== undefined && 'MinimumCompressionSize',
  ].find((name) => name !== false);
  if (unsupported !== undefined) {
    throw new TemplateError(`${restApi}: ${unsupported} is not supported`);
  }
  if (properties.EndpointConfiguration.Types[0] === 'PRIVATE' && properties.Policy === undefined) {
    throw new TemplateError(`${restApi}: API Gateway deploys no private API without a policy`);
  }
}
