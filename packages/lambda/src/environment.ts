import { OfferedModel } from '@org/contract';
import * as z from 'zod/mini';

/** What a plan means to the function; its throttle and quota are API Gateway's. */
export interface PlanAccess {
  /** Aliases that the plan's teams may ask. */
  models: string[];
  /** The most output tokens that one ask may have. Left out: the model's own limit. */
  maxTokens?: number | undefined;
}

/**
 * What the deployment tells the function, as JSON in the environment variable `PROXY_CONFIG`. The stack writes it
 * with this schema and the function reads it with this schema. Lambda allows 4 KB of environment in all.
 */
export interface ProxyEnvironment {
  models: OfferedModel[];
  plans: Record<string, PlanAccess>;
  /** Team to plan. */
  teams: Record<string, string>;
  /** Id (never the value) of an API key to team. */
  keys: Record<string, string>;
}

export const ProxyEnvironment = z.strictObject({
  models: z.array(OfferedModel),
  plans: z.record(
    z.string(),
    z.strictObject({ models: z.array(z.string()), maxTokens: z.optional(z.int().check(z.minimum(1))) }),
  ),
  teams: z.record(z.string(), z.string()),
  keys: z.record(z.string(), z.string()),
}) satisfies z.ZodMiniType<ProxyEnvironment>;

/** Name of the environment variable that holds a {@link ProxyEnvironment}. */
export const proxyEnvironmentVariable = 'PROXY_CONFIG';
