import * as z from 'zod/mini';

/** How long a request can ask a prompt cache to keep what it writes. */
export const cacheTtls = ['5m', '1h'] as const;
export type CacheTtl = (typeof cacheTtls)[number];

/** The parts of a request that can have a cache point, in the order in which the model reads them. */
const cacheableParts = ['tools', 'system', 'messages'] as const;
export type CacheablePart = (typeof cacheableParts)[number];

/**
 * How a model caches the start of a prompt for the next request.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export interface PromptCache {
  /** Whether it also caches by itself, without being asked. */
  readonly implicit: boolean;
  /** The cache points that a request may have. Default: none. */
  readonly points?: CachePoints | undefined;
}

export interface CachePoints {
  /** How long the prompt before a point can be cached. If a point does not say, 5 minutes. */
  readonly ttls: readonly CacheTtl[];
  /** Tokens of the whole prompt before a point, below which nothing is cached. */
  readonly minimumTokens: number;
  /** Tokens above which nothing more is cached. Default: no limit. */
  readonly maximumTokens?: number | undefined;
  /** The most points that one request can have. */
  readonly most: number;
  /** The parts that can have points. */
  readonly parts: readonly CacheablePart[];
}

const tokens = z.int().check(z.minimum(1));

export const PromptCache = z.strictObject({
  implicit: z.boolean(),
  points: z.optional(
    z.strictObject({
      ttls: z.array(z.enum(cacheTtls)),
      minimumTokens: tokens,
      maximumTokens: z.optional(tokens),
      most: z.int().check(z.minimum(1)),
      parts: z.array(z.enum(cacheableParts)),
    } satisfies Record<keyof CachePoints, z.ZodMiniType>),
  ),
} satisfies Record<keyof PromptCache, z.ZodMiniType>) satisfies z.ZodMiniType<PromptCache>;
