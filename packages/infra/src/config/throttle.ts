import * as z from 'zod/mini';
import { positiveInteger } from './positive-integer.ts';

/**
 * A token bucket of API Gateway: a plan's applies to each key, the stage's to all keys together. AWS calls it best effort.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export interface Throttle {
  /** Requests per second in the long run. */
  rate: number;
  /** Requests at once: the size of the bucket. */
  burst: number;
}

export const Throttle = z.strictObject({
  rate: z.number().check(z.positive('must be above 0 requests per second')),
  burst: positiveInteger,
} satisfies Record<keyof Throttle, z.ZodMiniType>);

/** The higher rate and the higher burst of two. */
export function higherThrottle(one: Throttle, other: Throttle): Throttle {
  return { rate: Math.max(one.rate, other.rate), burst: Math.max(one.burst, other.burst) };
}
