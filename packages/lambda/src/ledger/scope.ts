import { type LimitKind, type LimitPeriod, type Limits, limitKinds, limitPeriods } from '@org/contract';
import type { ScopeName } from '@org/table';
import { unitOf } from './amounts.ts';

/** Somebody or something whose use is counted, with its limits. */
export type Scope = ScopeName & {
  readonly limits: Limits;
  /** Over how many items its counters are spread. Default: one. */
  readonly shards?: number | undefined;
};

/** One limit of a scope, in its counted unit. */
export interface Bound {
  readonly limit: LimitKind;
  readonly period: LimitPeriod;
  readonly max: number;
  /** Of a limit with a pace: how much may be used ahead of it, in the same unit. */
  readonly burst?: number | undefined;
  /** Of a shard's part of such a limit: its part of what the pace of the whole allows at the time of the call. */
  readonly allowed?: number | undefined;
}

export function boundsOf({ limits }: Pick<Scope, 'limits'>): Bound[] {
  return limitKinds.flatMap((limit) =>
    limitPeriods.flatMap((period) => {
      const max = limits[limit]?.[period];
      if (max === undefined || max === null) return [];
      const pace = period === 'minute' ? undefined : limits.pace?.[limit]?.[period];
      // Rounded, because 2.01 times a million is a little less than 2,010,000.
      const counted = (amount: number) => Math.round(amount * unitOf[limit]);
      return [{ limit, period, max: counted(max), ...(pace && { burst: counted(pace.burst) }) }];
    }),
  );
}

/** The windows that have no limit, but may get it back: a raise to no limit ends, and then their use counts. */
export function unlimitedOf({ limits }: Pick<Scope, 'limits'>): Omit<Bound, 'max'>[] {
  return limitKinds.flatMap((limit) =>
    limitPeriods.flatMap((period) => (limits[limit]?.[period] === null ? [{ limit, period }] : [])),
  );
}
