import type { Usage } from '@org/admin';

/** What teams used together in a month, by their counters. */
export interface Totals {
  readonly usd: number;
  readonly requests: number;
  readonly tokens: number;
  /** Teams whose plan counts nothing, or whose counters cannot be read: they are not in it. */
  readonly uncounted: number;
}

/** @param usage Of teams: the use of a key is its team's too. */
export function totalsOf(usage: readonly Usage[]): Totals {
  const totals = { usd: 0, requests: 0, tokens: 0, uncounted: 0 };
  for (const { used } of usage) {
    if (!used.month) totals.uncounted += 1;
    else for (const kind of ['usd', 'requests', 'tokens'] as const) totals[kind] += used.month[kind];
  }
  return totals;
}
