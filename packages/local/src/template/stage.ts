import * as z from 'zod/mini';
import type { Resolver } from './resolver.ts';
import { TemplateError } from './template.ts';
import type { Throttle } from './throttle.ts';

export interface Stage {
  readonly name: string;
  /** Id of the stage's deployment. */
  readonly deployment: string;
  /** Throttles by method, each shared by all callers. */
  readonly throttle: Throttle | undefined;
  /** Whether API Gateway would log bodies. It logs nothing here. */
  readonly dataTrace: boolean;
}

const StageProperties = z.object({
  CacheClusterEnabled: z.optional(z.boolean()),
  DeploymentId: z.string(),
  MethodSettings: z._default(
    z.array(
      z.object({
        DataTraceEnabled: z._default(z.boolean(), false),
        HttpMethod: z.literal('*'),
        ResourcePath: z.literal('/*'),
        ThrottlingBurstLimit: z.number(),
        ThrottlingRateLimit: z.number(),
      }),
    ),
    [],
  ),
  RestApiId: z.string(),
  StageName: z.string().check(z.regex(/^[\w-]{1,128}$/)),
  Variables: z.optional(z.unknown()),
});

export function readStage(resolver: Resolver, logicalId: string, apiId: string): Stage {
  const properties = resolver.read(logicalId, StageProperties);
  if (properties.RestApiId !== apiId) {
    throw new TemplateError(`${logicalId} is not a stage of the template's API`);
  }
  if (properties.CacheClusterEnabled === true || properties.Variables !== undefined) {
    throw new TemplateError(`${logicalId}: CacheClusterEnabled and Variables are not supported`);
  }
  const [settings] = properties.MethodSettings;
  return {
    name: properties.StageName,
    deployment: properties.DeploymentId,
    dataTrace: settings?.DataTraceEnabled ?? false,
    throttle: settings && { rate: settings.ThrottlingRateLimit, burst: settings.ThrottlingBurstLimit },
  };
}
