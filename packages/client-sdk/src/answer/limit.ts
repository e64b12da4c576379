import { date, number, object, text } from './shape.ts';

/**
 * One limit, and how much of it is left.
 *
 * @example
 * ```ts
 * import { createBedrockClient, type Limit } from '@org/bedrock-client';
 *
 * const nearlySpent = ({ max, remaining }: Limit) => remaining < max / 10;
 * const { limits } = await createBedrockClient().usage();
 * console.log(limits.filter(nearlySpent));
 * ```
 */
export interface Limit {
  /**
   * What is counted: `requests`, `tokens` (input, output and cache tokens together) or `usd` (an estimate of their
   * price). A newer proxy may add kinds.
   */
  limit: 'requests' | 'tokens' | 'usd' | (string & {});
  /** Over which time it is counted: a calendar `day` or `month`, UTC. A newer proxy may add kinds. */
  period: 'day' | 'month' | (string & {});
  /** Whose use is counted: the `team`'s, over all its keys, or this `key`'s. A newer proxy may add kinds. */
  scope: 'team' | 'key' | (string & {});
  /** The limit, in units of `limit`. 0: nothing is let through. */
  max: number;
  /** What calls cost, and what calls in flight may still cost. */
  used: number;
  /** What is left, in the same unit. */
  remaining: number;
  /** When the period ends, and the limit is whole again. */
  resetsAt: Date;
}

export const readLimit = object<Limit>({
  limit: text,
  period: text,
  scope: text,
  max: number,
  used: number,
  remaining: number,
  resetsAt: date,
});
