/** What is counted. Tokens are input, output and cache tokens together; USD is their price. */
export const limitKinds = ['requests', 'tokens', 'usd'] as const;
export type LimitKind = (typeof limitKinds)[number];

/** Minutes, hours, days, weeks (from Monday) and months by the calendar, in the deployment's time zone. Shortest first. */
export const limitPeriods = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type LimitPeriod = (typeof limitPeriods)[number];

/**
 * Whose usage is counted: a team's, over all its keys; one key's; and within a team, a signed-in person's, a customer's, or
 * that of one model.
 */
export const limitScopes = ['customer', 'person', 'model', 'key', 'team'] as const;
export type LimitScope = (typeof limitScopes)[number];

/** The most items that the counters of a team can be spread over. */
export const mostShards = 16;

/** Limits by kind and period. */
export type PeriodLimits = {
  [Kind in LimitKind]?: { [Period in LimitPeriod]?: number | null | undefined } | undefined;
};

/**
 * Exact limits. Leave any of them out, or set it to `null`, for no limit. `0` refuses every call.
 *
 * @example
 * { requests: { minute: 60, day: 1000 }, usd: { month: 25 }, callsAtOnce: 10 }
 */
export interface Limits extends PeriodLimits {
  /**
   * How many calls may be in flight at once: at least 1. A call that breaks off without an end, because its function died,
   * frees its place within 12 minutes, or 32 if it was a stream.
   */
  callsAtOnce?: number | null | undefined;
}
