import { Limits, OfferedModel, Price } from '@org/contract';
import * as z from 'zod/mini';

/** What a plan means to the function; its throttle and quota are API Gateway's. */
export interface PlanAccess {
  /** Aliases that the plan's teams may ask. */
  models: string[];
  /** The most output tokens that one ask may have. Left out: the model's own limit. */
  maxTokens?: number | undefined;
  /** What each team of the plan may use. Left out: nothing is counted; `{}`: counted and not limited. */
  limits?: Limits | undefined;
}

/** What an API key stands for. */
export interface KeyAccess {
  team: string;
  /** What the key may use, on top of its team's limits. */
  limits?: Limits | undefined;
}

/**
 * What the deployment tells the function, as JSON in the environment variable `PROXY_CONFIG`. The stack writes it
 * with this schema and the function reads it with this schema. Lambda allows 4 KB of environment in all.
 */
export interface ProxyEnvironment {
  models: OfferedModel[];
  /** Prices that take the place of the catalogue's, by alias. */
  prices?: Record<string, Price> | undefined;
  plans: Record<string, PlanAccess>;
  /** Team to plan. */
  teams: Record<string, string>;
  /** Id (never the value) of an API key to what it stands for; the team alone, where it has no limits of its own. */
  keys: Record<string, string | KeyAccess>;
}

export const ProxyEnvironment = z.strictObject({
  models: z.array(OfferedModel),
  prices: z.optional(z.record(z.string(), Price)),
  plans: z.record(
    z.string(),
    z.strictObject({
      models: z.array(z.string()),
      maxTokens: z.optional(z.int().check(z.minimum(1))),
      limits: z.optional(Limits),
    }),
  ),
  teams: z.record(z.string(), z.string()),
  keys: z.record(
    z.string(),
    z.union([z.string(), z.strictObject({ team: z.string(), limits: z.optional(Limits) })]),
  ),
}) satisfies z.ZodMiniType<ProxyEnvironment>;

/** Names of the environment variables that the stack sets. */
export const environmentVariables = {
  /** A {@link ProxyEnvironment} as JSON. */
  config: 'PROXY_CONFIG',
  /** Name of the DynamoDB table of counters and run-time keys. */
  table: 'PROXY_TABLE',
} as const;
