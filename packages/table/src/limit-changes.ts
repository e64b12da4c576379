import { type LimitKind, type LimitPeriod, type Limits, limitKinds, limitPeriods } from '@org/contract';

/** A higher limit that ends by itself. */
export interface Raise {
  readonly limit: LimitKind;
  readonly period: LimitPeriod;
  /** `null`: no limit. */
  readonly max: number | null;
  /** Seconds since 1970. */
  readonly until: number;
}

/** What operators changed at run time of a team's or a key's limits. */
export interface LimitChanges {
  /** Take the place of the config's, one by one; `null`: no limit. */
  readonly limits?: Limits | undefined;
  readonly raises?: readonly Raise[] | undefined;
}

/**
 * The limits in force at a moment. A raise never lowers: if the limit is higher without it, that one is in force.
 *
 * @param base The limits of the config, or those that a key was made with. Undefined: nothing is counted.
 * @param at Milliseconds since 1970.
 * @returns Undefined if nothing is counted.
 * @example
 * limitsInForce({ usd: { day: 5 } }, { limits: { usd: { day: 10 } } }, Date.now()); // { usd: { day: 10 } }
 */
export function limitsInForce(
  base: Limits | undefined,
  { limits, raises = [] }: LimitChanges,
  at: number,
): Limits | undefined {
  const lasting = raises.filter(({ until }) => at < until * 1000);
  if (!limits && lasting.length === 0) return base;
  const inForce: Limits = { ...base, ...limits };
  for (const limit of limitKinds) {
    const maxima = { ...base?.[limit] };
    for (const period of limitPeriods) {
      const changed = limits?.[limit]?.[period];
      if (changed !== undefined) maxima[period] = changed;
    }
    for (const { max, ...raise } of lasting) {
      const present = maxima[raise.period];
      if (raise.limit !== limit || present === undefined || present === null) continue;
      maxima[raise.period] = max === null ? null : Math.max(max, present);
    }
    inForce[limit] = maxima;
  }
  return inForce;
}
