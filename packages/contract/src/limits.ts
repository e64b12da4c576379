import * as z from 'zod/mini';
import type { Fields } from './fields.ts';

/** What is counted. Tokens are input, output and cache tokens together; USD is their price. */
export const limitKinds = ['requests', 'tokens', 'usd'] as const;
export type LimitKind = (typeof limitKinds)[number];

/** Calendar days and months, UTC. */
export const limitPeriods = ['day', 'month'] as const;
export type LimitPeriod = (typeof limitPeriods)[number];

/** Whose use is counted: a team's, over all its keys, or one key's. */
export type LimitScope = 'team' | 'key';

/**
 * Exact limits, any subset of them. `null`, or left out: no limit. `0`: nothing is let through.
 *
 * @example
 * { requests: { day: 100, month: 2000 }, usd: { month: 25 } }
 */
export type Limits = {
  [Kind in LimitKind]?: { [Period in LimitPeriod]?: number | null | undefined } | undefined;
};

/** Far from where counters, which count micro-USD, would be inexact (2^53). */
const most = { whole: 1_000_000_000_000, usd: 1_000_000_000 };
// Written out: to format them loads the tables of languages, which takes a cold start ten milliseconds.
const tooMany = 'must be at most 1,000,000,000,000; for no limit, write null or leave it out';
const tooMuch = 'must be at most 1,000,000,000; for no limit, write null or leave it out';

const whole = z
  .int({ error: tooMany, abort: true })
  .check(z.minimum(0, 'must be 0 or more'), z.maximum(most.whole, tooMany));
const money = z.number().check(z.minimum(0, 'must be 0 or more'), z.maximum(most.usd, tooMuch));
const byPeriod = <Schema extends z.ZodMiniType<number>>(amount: Schema) =>
  z.optional(
    z.strictObject({
      day: z.optional(z.nullable(amount)),
      month: z.optional(z.nullable(amount)),
    } satisfies Record<LimitPeriod, z.ZodMiniType>),
  );

export const Limits = z.strictObject({
  requests: byPeriod(whole),
  tokens: byPeriod(whole),
  usd: byPeriod(money),
} satisfies Fields<Limits>);

/** One limit and how much of it is left. A newer server may add kinds, periods and scopes. */
export interface LimitStatus {
  /** What is counted: `requests`, `tokens` (input, output and cache together) or `usd`. */
  limit: string;
  /** A calendar `day` or `month`, UTC. */
  period: string;
  /** Whose use is counted: that of the `team`, over all its keys, or of this `key`. */
  scope: string;
  /** The most that is let through, in units of `limit`. */
  max: number;
  /** What calls cost, and what calls in flight may still cost. */
  used: number;
  /** What is left, never below 0. */
  remaining: number;
  /** When the period ends: ISO 8601, UTC. */
  resetsAt: string;
}

export const LimitStatus = z.object({
  limit: z.string(),
  period: z.string(),
  scope: z.string(),
  max: z.number(),
  used: z.number(),
  remaining: z.number(),
  resetsAt: z.string(),
} satisfies Fields<LimitStatus>);

/** The answer of `GET /usage`. */
export interface UsageReport {
  /** Every limit of the key and of its team; none where the plan has none. */
  limits: LimitStatus[];
}

export const UsageReport = z.object({ limits: z.array(LimitStatus) } satisfies Fields<UsageReport>);
