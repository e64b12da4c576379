import type {
  CallsAtOnceStatus,
  ExcessDetails,
  LimitKind,
  LimitPace,
  LimitPeriod,
  LimitScope,
  LimitStatus,
  QuotaDetails,
  RateDetails,
} from '@org/contract';
import type { Account } from './account.ts';
import { type Amounts, unitOf } from './amounts.ts';
import type { Counters } from './counters.ts';
import { type Bound, boundsOf, type Scope } from './scope.ts';
import { partOf, shardsIn } from './shards.ts';

/**
 * A limit smaller than one hold, so that the hold never fits.
 *
 * @param shards Over how many the scopes' counters are spread.
 * @returns With the most that a call may need: the limit, or the largest part of it that one shard has.
 */
export function limitBelow(hold: Amounts, scopes: readonly Scope[], shards = 1): ExcessDetails | undefined {
  for (const scope of scopes) {
    for (const { limit, period, max } of boundsOf(scope)) {
      // A limit of 0 lets nothing through, however small, so it counts as used up.
      const most = partOf(max, 0, shards);
      if (max === 0 || hold[limit] <= most) continue;
      const unit = unitOf[limit];
      return { limit, period, scope: scope.kind, max: most / unit, needed: hold[limit] / unit };
    }
  }
  return undefined;
}

/** Why a hold was refused. */
export type Refusal =
  /** It is more than the largest part of a limit that a shard has. */
  | { readonly kind: 'larger than a part'; readonly details: ExcessDetails; readonly shards: number }
  /** The charges leave no room: final until the period ends. */
  | { readonly kind: 'exhausted'; readonly details: QuotaDetails; readonly wanted: number }
  /** A minute leaves no room. It soon ends. */
  | { readonly kind: 'too fast'; readonly details: QuotaDetails; readonly retryAfterSeconds: number }
  /** As many calls are in flight as may be. */
  | { readonly kind: 'too many at once'; readonly details: RateDetails }
  /** Only calls in flight stand in the way: when they settle, it may fit. */
  | { readonly kind: 'busy' };

/** An account, as it is in the table. */
export interface AccountState {
  readonly account: Account;
  readonly counters: Counters;
  /** Of an account that is spread over shards, whose counters are those of all together. */
  readonly shards?: readonly AccountState[];
}

/**
 * Explains why a hold was refused. Only settled charges make a refusal final: pending holds may be released, and callers
 * would give up too early.
 *
 * @param states All accounts of a scope.
 */
export function explainRefusal(states: readonly AccountState[], hold: Amounts): Refusal {
  for (const { account, counters } of states) {
    const shards = shardsIn(counters);
    const details = shards > 0 ? limitBelow(hold, [account.scope], shards) : undefined;
    if (details) return { kind: 'larger than a part', details, shards };
  }
  const last = lastToOpen(states.flatMap((state) => exhaustedIn(state, hold)));
  if (!last) {
    const full = states.find((state) => isFull(state) || state.shards?.some(isFull));
    return full ? { kind: 'too many at once', details: atOnceDetails(full) } : { kind: 'busy' };
  }
  const { limit, period, max, used, ends, account } = last;
  const details = {
    limit,
    period,
    scope: account.scope.kind,
    max: max / unitOf[limit],
    used: used / unitOf[limit],
    resetsAt: new Date(ends).toISOString(),
  };
  if (period === 'minute' && max > 0) {
    return { kind: 'too fast', details, retryAfterSeconds: Math.ceil((ends - account.moment.at) / 1000) };
  }
  return { kind: 'exhausted', details, wanted: hold[limit] / unitOf[limit] };
}

/** A limit whose charges leave no room. */
interface Exhausted extends Bound {
  readonly account: Account;
  readonly used: number;
  readonly ends: number;
}

/** Over shards, a limit is used up only if each shard has one that is: the one that opens first is named, as the whole has it. */
function exhaustedIn({ account, counters, shards }: AccountState, hold: Amounts): Exhausted[] {
  const exhausted = account.bounds.flatMap((bound) => {
    const { limit, period, max } = bound;
    const used = chargedIn(counters, bound);
    if (!shards && used + hold[limit] <= max) return [];
    return [{ ...bound, account, used: Math.max(0, used), ends: account.moment.windows[period].ends }];
  });
  if (!shards) return exhausted;
  const lasts = shards
    // A part that is smaller than the hold never opens for it.
    .filter((_, number) =>
      account.bounds.every(
        ({ limit, max }) => max === 0 || hold[limit] <= partOf(max, number, shards.length),
      ),
    )
    .map((shard) => {
      const found = exhaustedIn(shard, hold);
      return lastToOpen(exhausted.filter((bound) => found.some((each) => isSame(each, bound))));
    });
  return lasts.some((last) => last === undefined)
    ? []
    : lasts
        .flatMap((last) => last ?? [])
        .toSorted((one, other) => opensAt(one) - opensAt(other))
        .slice(0, 1);
}

function isSame(one: Bound, other: Bound): boolean {
  return one.limit === other.limit && one.period === other.period;
}

/** The limit that opens last: trying again earlier cannot succeed. */
function lastToOpen(exhausted: readonly Exhausted[]): Exhausted | undefined {
  return exhausted.reduce<Exhausted | undefined>(
    (latest, each) => (latest && opensAt(latest) >= opensAt(each) ? latest : each),
    undefined,
  );
}

/** A limit of 0 never does. */
function opensAt({ max, ends }: Exhausted): number {
  return max === 0 ? Number.POSITIVE_INFINITY : ends;
}

/** Whether as many calls are in flight as may be at once. */
export function isFull({ account: { atOnce }, counters }: AccountState): boolean {
  return atOnce !== undefined && counters.inFlight.counted >= atOnce;
}

function atOnceDetails({ account: { scope, atOnce = 0 }, counters }: AccountState): RateDetails {
  return { limit: 'callsAtOnce', scope: scope.kind, max: atOnce, used: counters.inFlight.counted };
}

/** How the limits on calls at once of a scope stand, which may count in several accounts. */
export function callsAtOnceStatus(states: readonly AccountState[]): CallsAtOnceStatus[] {
  const counting = states.flatMap(({ account: { scope, atOnce }, counters: { inFlight } }) => {
    if (atOnce === undefined) return [];
    const dead = inFlight.dead.reduce((sum, { calls }) => sum + calls, 0);
    return [{ scope: scope.kind, max: atOnce, inFlight: inFlight.counted - dead }];
  });
  // The month before counts those of this month too, as long as any of its own can be in flight.
  const most = counting.toSorted((one, other) => other.inFlight - one.inFlight)[0];
  return most ? [most] : [];
}

/** What is charged for good of a limit. */
function chargedIn({ committed, held }: Counters, { limit, period }: Bound): number {
  return committed[period][limit] - held[period][limit];
}

/** A limit, and how much of it is charged for good. */
export interface LimitUse {
  readonly scope: LimitScope;
  readonly limit: LimitKind;
  readonly period: LimitPeriod;
  readonly max: number;
  readonly used: number;
  /** The share that it has reached, in percent of `max`. */
  readonly threshold: number;
}

/**
 * The limits that a charge took past a share of what they allow, each with the highest share. Reported by the settlement that
 * did it and by no other, so each period's crossing of a share is reported once. Hours and minutes are not reported, because
 * their limits are reached in normal use. Over shards no settlement knows this: then all that are past a share are returned.
 *
 * @param state After the charge.
 * @param shares In percent.
 */
export function limitsNearlyReached(
  { account, counters, shards }: AccountState,
  charge: Amounts,
  shares: readonly number[],
): LimitUse[] {
  return account.bounds.flatMap((bound) => {
    const { limit, period, max } = bound;
    const after = chargedIn(counters, bound);
    // Other shards may have been charged meanwhile, so all that was reached counts.
    const before = shards ? Number.NEGATIVE_INFINITY : after - charge[limit];
    const crossed = shares.filter((share) => before < (max * share) / 100 && after >= (max * share) / 100);
    if (crossed.length === 0 || period === 'minute' || period === 'hour') return [];
    const unit = unitOf[limit];
    const use = { limit, period, max: max / unit, used: after / unit };
    return [{ scope: account.scope.kind, ...use, threshold: Math.max(...crossed) }];
  });
}

/** How the limits of an account stand. Of a window that newer calls have left behind, nothing is known any more. */
export function limitStatuses({ account, counters }: AccountState): LimitStatus[] {
  const { scope, moment, bounds } = account;
  return bounds.flatMap(({ limit, period, max }) => {
    if (counters.outdated.includes(period)) return [];
    const used = counters.committed[period][limit];
    return [
      {
        limit,
        period,
        scope: scope.kind,
        max: max / unitOf[limit],
        used: used / unitOf[limit],
        remaining: Math.max(0, max - used) / unitOf[limit],
        resetsAt: new Date(moment.windows[period].ends).toISOString(),
      },
    ];
  });
}

/** The same, and how long each limit lasts if use goes on as it did since its window began. */
export function limitPaces(state: AccountState): LimitPace[] {
  const { at, windows } = state.account.moment;
  return limitStatuses(state).map((status) => {
    const window = Object.values(windows).find(({ period }) => period === status.period);
    // A minute is over before anyone has read about it.
    if (!window || window.period === 'minute' || status.used === 0 || status.remaining === 0) return status;
    const lastsUntil = window.began + ((at - window.began) * status.max) / status.used;
    if (lastsUntil >= window.ends) return status;
    return { ...status, lastsUntil: new Date(lastsUntil).toISOString() };
  });
}
