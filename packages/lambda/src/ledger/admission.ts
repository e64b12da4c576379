import {
  type ExcessDetails,
  type LimitKind,
  type LimitPeriod,
  type LimitScope,
  type LimitStatus,
  type Limits,
  limitKinds,
  limitPeriods,
  type QuotaDetails,
} from '@org/contract';
import { type Amounts, unitOf } from './amounts.ts';
import type { Counters } from './counters.ts';
import type { Moment } from './moment.ts';

/** A key or team whose use is counted, with its limits. */
export interface Scope {
  readonly kind: LimitScope;
  /** The team's name or the key's id. */
  readonly id: string;
  readonly limits: Limits;
}

/** One limit of a scope, in its counted unit. */
export interface Bound {
  readonly limit: LimitKind;
  readonly period: LimitPeriod;
  readonly max: number;
}

export function boundsOf({ limits }: Pick<Scope, 'limits'>): Bound[] {
  return limitKinds.flatMap((limit) =>
    limitPeriods.flatMap((period) => {
      const max = limits[limit]?.[period];
      // Rounded, because 2.01 times a million is a little less than 2,010,000.
      return max === undefined || max === null
        ? []
        : [{ limit, period, max: Math.round(max * unitOf[limit]) }];
    }),
  );
}

/** A limit smaller than one hold, so that the hold never fits. */
export function limitBelow(hold: Amounts, scopes: readonly Scope[]): ExcessDetails | undefined {
  for (const scope of scopes) {
    // A limit of 0 lets nothing through, however small, so it counts as used up.
    const bound = boundsOf(scope).find(({ limit, max }) => max > 0 && hold[limit] > max);
    if (bound) {
      const { limit, period, max } = bound;
      const unit = unitOf[limit];
      return { limit, period, scope: scope.kind, max: max / unit, needed: hold[limit] / unit };
    }
  }
  return undefined;
}

/** Why a hold was refused. */
export type Refusal =
  /** The charges leave no room: final until the period ends. */
  | { readonly kind: 'exhausted'; readonly details: QuotaDetails; readonly wanted: number }
  /** Only calls in flight stand in the way: when they settle, it may fit. */
  | { readonly kind: 'busy' };

/**
 * Explains why a hold was refused. Only settled charges make a refusal final: pending holds may be released, and
 * callers would give up too early.
 */
export function explainRefusal(counters: Counters, scope: Scope, hold: Amounts, moment: Moment): Refusal {
  const exhausted = boundsOf(scope).filter(({ limit, period, max }) => {
    const charged = counters.committed[period][limit] - counters.held[period][limit];
    return charged + hold[limit] > max;
  });
  // The limit that opens last: trying again earlier cannot succeed. One of 0 never does.
  const opensAt = ({ max, period }: Bound) => (max === 0 ? Number.POSITIVE_INFINITY : moment.ends[period]);
  const last = exhausted.reduce<Bound | undefined>(
    (latest, bound) => (latest && opensAt(latest) >= opensAt(bound) ? latest : bound),
    undefined,
  );
  if (!last) return { kind: 'busy' };
  const { limit, period, max } = last;
  const used = Math.max(0, counters.committed[period][limit] - counters.held[period][limit]);
  return {
    kind: 'exhausted',
    details: {
      limit,
      period,
      scope: scope.kind,
      max: max / unitOf[limit],
      used: used / unitOf[limit],
      resetsAt: new Date(moment.ends[period]).toISOString(),
    },
    wanted: hold[limit] / unitOf[limit],
  };
}

/** A limit, and how much of it is charged for good. */
export interface LimitUse {
  readonly scope: LimitScope;
  readonly limit: LimitKind;
  readonly period: LimitPeriod;
  readonly max: number;
  readonly used: number;
}

/** The share of a limit from which its operator should know. */
const nearly = 0.8;

/**
 * The limits that a charge took past four fifths of what they allow. Reported by the settlement that did it and by no
 * other, so each period's crossing is reported once.
 *
 * @param counters After the charge.
 */
export function limitsNearlyReached(counters: Counters, scope: Scope, charge: Amounts): LimitUse[] {
  return boundsOf(scope).flatMap(({ limit, period, max }) => {
    const after = counters.committed[period][limit] - counters.held[period][limit];
    const before = after - charge[limit];
    const crossed = max > 0 && before < nearly * max && after >= nearly * max;
    const unit = unitOf[limit];
    return crossed ? [{ scope: scope.kind, limit, period, max: max / unit, used: after / unit }] : [];
  });
}

/** How a scope's limits stand. */
export function limitStatuses(counters: Counters, scope: Scope, moment: Moment): LimitStatus[] {
  return boundsOf(scope).map(({ limit, period, max }) => {
    const used = counters.committed[period][limit];
    return {
      limit,
      period,
      scope: scope.kind,
      max: max / unitOf[limit],
      used: used / unitOf[limit],
      remaining: Math.max(0, max - used) / unitOf[limit],
      resetsAt: new Date(moment.ends[period]).toISOString(),
    };
  });
}
