/** What is counted. Tokens are input, output and cache tokens together; USD is their price. */
export const limitKinds = ['requests', 'tokens', 'usd'] as const;
export type LimitKind = (typeof limitKinds)[number];

/** Minutes, hours, days, weeks (from Monday) and months by the calendar, in the deployment's time zone. Shortest first. */
export const limitPeriods = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type LimitPeriod = (typeof limitPeriods)[number];

/** The periods whose limits can have a pace. A minute is over before its pace would matter. */
export const pacedPeriods = ['hour', 'day', 'week', 'month'] as const satisfies readonly LimitPeriod[];
export type PacedPeriod = (typeof pacedPeriods)[number];

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

/** How a limit may be used up through its period. */
export interface Pace {
  /**
   * How much may be used ahead of an even use, in the limit's unit: at the beginning of the period this much, and at any time
   * as much as the limit's share for the time so far and this. At least as much as the dearest call may cost, so that the
   * period does not begin with a wait.
   */
  burst: number;
}

/** Paces by kind and period. Without the limit of the same kind and period, a pace has no effect. */
export type LimitPaces = {
  [Kind in LimitKind]?: { [Period in PacedPeriod]?: Pace | undefined } | undefined;
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
  /**
   * Spreads limits over their periods, so that a month's budget cannot be used up on its second day:
   * `{ usd: { month: { burst: 10 } } }`. A call that is ahead of the pace gets `rate_limited`, with the time until there is
   * room for it. Default: a limit may be used up at any time.
   */
  pace?: LimitPaces | undefined;
}
