import * as z from 'zod/mini';
import type { Resolver } from './resolver.ts';
import { TemplateError } from './template.ts';
import type { Throttle } from './throttle.ts';

export interface Stage {
  readonly name: string;
  /** Id of the deployment that the stage shows. */
  readonly deployment: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The throttle of one method, shared by all its callers. */
  throttleOf(method: string, path: string): Throttle | undefined;
}

const StageProperties = z.object({
  CacheClusterEnabled: z.optional(z.boolean()),
  DeploymentId: z.string(),
  MethodSettings: z.optional(
    z.array(
      z.object({
        HttpMethod: z.optional(z.string()),
        ResourcePath: z.optional(z.string()),
        ThrottlingBurstLimit: z.optional(z.number()),
        ThrottlingRateLimit: z.optional(z.number()),
      }),
    ),
  ),
  RestApiId: z.string(),
  StageName: z.string().check(z.regex(/^[\w-]{1,128}$/)),
  Variables: z.optional(z.record(z.string(), z.string())),
});

export function readStage(resolver: Resolver, logicalId: string, apiId: string): Stage {
  const properties = resolver.read(logicalId, StageProperties);
  if (properties.RestApiId !== apiId) {
    throw new TemplateError(`${logicalId} is not a stage of the template's API`);
  }
  if (properties.CacheClusterEnabled === true) {
    throw new TemplateError(`${logicalId}: CacheClusterEnabled is not supported`);
  }
  const throttles = new Map<string, Throttle>();
  for (const settings of properties.MethodSettings ?? []) {
    const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = settings;
    if (rate !== undefined && burst !== undefined) {
      const path = decodePath(settings.ResourcePath ?? '/*');
      throttles.set(`${settings.HttpMethod ?? '*'} ${path}`, { rate, burst });
    }
  }
  return {
    name: properties.StageName,
    deployment: properties.DeploymentId,
    variables: properties.Variables ?? {},
    throttleOf: (method, path) => throttles.get(`${method} ${path}`) ?? throttles.get('* /*'),
  };
}

/** Method settings write `/bedrock` as `/~1bedrock`, and every path as `/*`. */
function decodePath(path: string): string {
  return path.replace(/^\/~1/, '/').replaceAll('~1', '/');
}
