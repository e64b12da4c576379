/** What is counted. Tokens are input, output and cache tokens together; USD is their price. */
export const limitKinds = ['requests', 'tokens', 'usd'] as const;
export type LimitKind = (typeof limitKinds)[number];

/** Minutes, hours, days, weeks (from Monday) and months by the calendar, in the deployment's time zone. Shortest first. */
export const limitPeriods = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type LimitPeriod = (typeof limitPeriods)[number];

/** Whose usage is counted: a team's, over all its keys, or one key's. */
export type LimitScope = 'team' | 'key';

/**
 * Exact limits. Leave any of them out, or set it to `null`, for no limit. `0` refuses every call.
 *
 * @example
 * { requests: { minute: 60, day: 1000 }, usd: { month: 25 } }
 */
export type Limits = {
  [Kind in LimitKind]?: { [Period in LimitPeriod]?: number | null | undefined } | undefined;
};
