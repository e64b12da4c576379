import * as z from 'zod/mini';

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

const whole = z.int().check(z.minimum(0, 'must be 0 or more'));
const money = z.number().check(z.minimum(0, 'must be 0 or more'));
const byPeriod = <Schema extends z.ZodMiniType<number>>(amount: Schema) =>
  z.optional(z.strictObject({ day: z.optional(z.nullable(amount)), month: z.optional(z.nullable(amount)) }));

export const Limits = z.strictObject({
  requests: byPeriod(whole),
  tokens: byPeriod(whole),
  usd: byPeriod(money),
}) satisfies z.ZodMiniType<Limits>;

/** One limit and how much of it is left. A newer server may add kinds, periods and scopes. */
export interface LimitStatus {
  limit: string;
  period: string;
  scope: string;
  max: number;
  /** What calls cost, and what calls in flight may still cost. */
  used: number;
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
}) satisfies z.ZodMiniType<LimitStatus>;

/** The answer of `GET /usage`. */
export interface UsageReport {
  limits: LimitStatus[];
}

export const UsageReport = z.object({ limits: z.array(LimitStatus) }) satisfies z.ZodMiniType<UsageReport>;
