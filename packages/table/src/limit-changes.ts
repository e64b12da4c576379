import { type LimitKind, type LimitPeriod, type Limits, limitKinds, limitPeriods } from '@org/contract';

/** One limit, without its amount. */
export type LimitName =
  | { readonly limit: LimitKind; readonly period: LimitPeriod }
  | { readonly limit: 'callsAtOnce'; readonly period?: undefined };

/** A higher limit that ends by itself. */
export type Raise = LimitName & {
  /** `null`: no limit. */
  readonly max: number | null;
  /** Seconds since 1970. */
  readonly until: number;
};

/** What operators changed at run time of limits. */
export interface LimitChanges {
  /** Take the place of the config's, one by one; `null`: no limit. */
  readonly limits?: Limits | undefined;
  readonly raises?: readonly Raise[] | undefined;
}

/** The names of all limits that there can be. */
export const limitNames: readonly LimitName[] = [
  ...limitKinds.flatMap((limit) => limitPeriods.map((period) => ({ limit, period }))),
  { limit: 'callsAtOnce' },
];

/** The amount of a limit. `null`: there is none; undefined: nothing is said of it. */
export function maxOf(limits: Limits | undefined, name: LimitName): number | null | undefined {
  return name.limit === 'callsAtOnce' ? limits?.callsAtOnce : limits?.[name.limit]?.[name.period];
}

/** Limits with another amount of one of them. Undefined: it is left out. */
export function withMax(limits: Limits | undefined, name: LimitName, max: number | null | undefined): Limits {
  if (name.limit === 'callsAtOnce') return { ...limits, callsAtOnce: max };
  return { ...limits, [name.limit]: { ...limits?.[name.limit], [name.period]: max } };
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
  let inForce = base;
  for (const name of limits ? limitNames : []) {
    const changed = maxOf(limits, name);
    if (changed !== undefined) inForce = withMax(inForce, name, changed);
  }
  for (const { max, until, ...name } of raises) {
    const present = maxOf(inForce, name);
    if (until * 1000 <= at || present === undefined || present === null) continue;
    inForce = withMax(inForce, name, max === null ? null : Math.max(max, present));
  }
  return inForce;
}
