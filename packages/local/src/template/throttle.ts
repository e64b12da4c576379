import * as z from 'zod/mini';

/** A token bucket's limits. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html */
export interface Throttle {
  /** Tokens added per second. */
  readonly rate: number;
  /** The most tokens in the bucket: the number of requests that may arrive at once. */
  readonly burst: number;
}

export const ThrottleProperties = z.object({
  RateLimit: z.number().check(z.minimum(0)),
  BurstLimit: z.int().check(z.minimum(0)),
});
