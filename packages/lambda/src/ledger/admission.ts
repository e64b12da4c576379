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
import { type Amounts, amountsOf, unitOf } from './amounts.ts';
import { type Counters, chargedIn } from './counters.ts';
import { mostAt, secondsUntilRoom } from './pace.ts';
import { type Bound, boundsOf, type Scope } from './scope.ts';
import { amountOfPart, filledTo, partOf, shardsIn } from './shards.ts';

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
  /** A minute leaves no room, which soon ends; or the pace of a limit does not yet. */
  | {
      readonly kind: 'too fast';
      readonly details: QuotaDetails & Pick<RateDetails, 'allowedNow'>;
      readonly wanted: number;
      readonly retryAfterSeconds: number;
    }
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
  const refusing = states.flatMap((state) => refusingIn(state, hold));
  const isFinal = ({ bound: { period, max }, isUsedUp }: Refusing) =>
    isUsedUp && (period !== 'minute' || max === 0);
  const detailsOf = ({ bound: { limit, period, max }, account, charged }: Refusing): QuotaDetails => ({
    ...{ limit, period, scope: account.scope.kind, max: max / unitOf[limit] },
    used: Math.max(0, charged) / unitOf[limit],
    resetsAt: new Date(account.moment.windows[period].ends).toISOString(),
  });
  const wantedOf = ({ bound: { limit } }: Refusing) => hold[limit] / unitOf[limit];

  const last = lastToOpen(refusing.filter(isFinal));
  if (last) return { kind: 'exhausted', details: detailsOf(last), wanted: wantedOf(last) };
  const fast = lastToOpen(refusing);
  if (fast) {
    const { bound, account, isUsedUp, secondsUntilOpen } = fast;
    const allowedNow = isUsedUp ? undefined : mostAt(bound, account.moment) / unitOf[bound.limit];
    return {
      kind: 'too fast',
      details: { ...detailsOf(fast), ...(allowedNow !== undefined && { allowedNow }) },
      wanted: wantedOf(fast),
      retryAfterSeconds: secondsUntilOpen,
    };
  }
  const full = states.find((state) => isFull(state) || state.shards?.every(isFull));
  return full ? { kind: 'too many at once', details: atOnceDetails(full) } : { kind: 'busy' };
}

/** A limit whose charges leave no room for a hold. */
interface Refusing {
  readonly bound: Bound;
  readonly account: Account;
  readonly charged: number;
  /** By the limit itself, and not only by its pace. */
  readonly isUsedUp: boolean;
  /** Infinite for a limit of 0, which never opens. */
  readonly secondsUntilOpen: number;
}

function refusingIn(state: AccountState, hold: Amounts): Refusing[] {
  const { account, counters, shards } = state;
  if (shards) {
    const usedUp = usedUpOverShards(account, counters, shards, hold);
    return usedUp ? [usedUp] : aheadOverShards(account, counters, shards, hold);
  }
  return account.bounds.flatMap((bound): Refusing[] => {
    const charged = chargedIn(counters, bound);
    if (charged + hold[bound.limit] > bound.max) return [usedUpBy(bound, account, charged)];
    if (charged + hold[bound.limit] <= mostAt(bound, account.moment)) return [];
    const secondsUntilOpen = secondsUntilRoom(bound, account.moment, charged, hold[bound.limit]);
    return [{ bound, account, charged, isUsedUp: false, secondsUntilOpen }];
  });
}

function usedUpBy(bound: Bound, account: Account, charged: number): Refusing {
  const { at, windows } = account.moment;
  const secondsUntilOpen =
    bound.max === 0 ? Number.POSITIVE_INFINITY : Math.ceil((windows[bound.period].ends - at) / 1000);
  return { bound, account, charged, isUsedUp: true, secondsUntilOpen };
}

/** Over shards, a limit is used up only if each shard has one that is: the one that opens first is named, as the whole has it. */
function usedUpOverShards(
  account: Account,
  counters: Counters,
  shards: readonly AccountState[],
  hold: Amounts,
): Refusing | undefined {
  const lasts = shards
    // A part that is smaller than the hold never opens for it.
    .filter((_, number) =>
      account.bounds.every(
        ({ limit, max }) => max === 0 || hold[limit] <= partOf(max, number, shards.length),
      ),
    )
    .map((shard) =>
      lastToOpen(
        account.bounds
          .filter((bound) =>
            shard.account.bounds.some(
              (part) => isSame(part, bound) && chargedIn(shard.counters, part) + hold[part.limit] > part.max,
            ),
          )
          .map((bound) => usedUpBy(bound, account, chargedIn(counters, bound))),
      ),
    );
  if (lasts.some((last) => last === undefined)) return undefined;
  return lasts
    .flatMap((last) => last ?? [])
    .toSorted((one, other) => one.secondsUntilOpen - other.secondsUntilOpen)[0];
}

/** Over shards, the pace of a limit refuses if it does in each shard. */
function aheadOverShards(
  account: Account,
  counters: Counters,
  shards: readonly AccountState[],
  hold: Amounts,
): Refusing[] {
  return account.bounds.flatMap((bound): Refusing[] => {
    if (bound.burst === undefined) return [];
    const { moment } = account;
    const used = shards.map((shard) => chargedIn(shard.counters, bound));
    const charged = chargedIn(counters, bound);
    const first = charged - used.reduce((sum, each) => sum + each, 0);
    const needed = Math.min(
      ...used.map((each, number) => {
        const divided = amountOfPart(each + hold[bound.limit], number, shards.length);
        return first + filledTo(divided, used);
      }),
    );
    if (needed <= mostAt(bound, moment) || needed > bound.max) return [];
    // In the next window, the whole must allow so much that the largest part has room.
    const least = amountOfPart(hold[bound.limit], 0, shards.length);
    const secondsUntilOpen = secondsUntilRoom(bound, moment, needed - least, least);
    return [{ bound, account, charged, isUsedUp: false, secondsUntilOpen }];
  });
}

function isSame(one: Bound, other: Bound): boolean {
  return one.limit === other.limit && one.period === other.period;
}

/** The limit that opens last: trying again earlier cannot succeed. The first of those that open at once. */
function lastToOpen(refusing: readonly Refusing[]): Refusing | undefined {
  return refusing.reduce<Refusing | undefined>(
    (latest, each) => (latest && latest.secondsUntilOpen >= each.secondsUntilOpen ? latest : each),
    undefined,
  );
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
    return [{ scope: scope.kind, ...modelOf(scope), max: atOnce, inFlight: inFlight.counted - dead }];
  });
  // The month before counts those of this month too, as long as any of its own can be in flight.
  const most = counting.toSorted((one, other) => other.inFlight - one.inFlight)[0];
  return most ? [most] : [];
}

/** Says which of several models a limit is of. A caller has one person, key and team. */
function modelOf({ kind, id }: Scope): { readonly model?: string } {
  return kind === 'model' ? { model: id } : {};
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

/** How much of each kind the limits of some accounts leave room for now, calls in flight and paces considered. */
export function roomIn(states: readonly AccountState[]): Amounts {
  const rooms = states.map(({ account: { bounds, moment }, counters: { committed }, shards }) => {
    if (shards) {
      // One of them has the whole hold.
      const ofShards = shards.map((shard) => roomIn([shard]));
      return amountsOf((kind) => Math.max(...ofShards.map((room) => room[kind])));
    }
    const left = bounds.map((bound) => ({
      ...bound,
      room: mostAt(bound, moment) - committed[bound.period][bound.limit],
    }));
    return amountsOf((kind) =>
      Math.min(...left.filter(({ limit }) => limit === kind).map(({ room }) => room)),
    );
  });
  return amountsOf((kind) => Math.min(...rooms.map((room) => room[kind])));
}

/** How the limits of an account stand. Of a window that newer calls have left behind, nothing is known any more. */
export function limitStatuses({ account, counters }: AccountState): LimitStatus[] {
  const { scope, moment, bounds } = account;
  return bounds.flatMap((bound) => {
    const { limit, period, max, burst } = bound;
    if (counters.outdated.includes(period)) return [];
    const used = counters.committed[period][limit];
    return [
      {
        limit,
        period,
        scope: scope.kind,
        ...modelOf(scope),
        max: max / unitOf[limit],
        used: used / unitOf[limit],
        remaining: Math.max(0, max - used) / unitOf[limit],
        ...(burst !== undefined && { allowedNow: mostAt(bound, moment) / unitOf[limit] }),
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
