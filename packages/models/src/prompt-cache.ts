import * as z from 'zod/mini';

/** How long a prompt cache can be asked to keep what is written to it. */
export const cacheTtls = ['5m', '1h'] as const;
export type CacheTtl = (typeof cacheTtls)[number];

/** The parts of a request that a cache point can stand in, in the order that the model reads them. */
const cacheableParts = ['tools', 'system', 'messages'] as const;
export type CacheablePart = (typeof cacheableParts)[number];

/**
 * How a model keeps the start of a prompt for the next one.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export interface PromptCache {
  /** Whether it does so unasked, when it sees fit. */
  readonly implicit: boolean;
  /** What a request may ask for. Default: it takes no cache points. */
  readonly points?: CachePoints | undefined;
}

export interface CachePoints {
  /** How long what is before a point can be kept. Without a word, 5 minutes. */
  readonly ttls: readonly CacheTtl[];
  /** Tokens of the whole prompt before a point, below which nothing is kept. */
  readonly minimumTokens: number;
  /** Tokens above which nothing more is kept. Default: no limit. */
  readonly maximumTokens?: number | undefined;
  /** The most points that one request can have. */
  readonly most: number;
  /** Where they can stand. */
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
