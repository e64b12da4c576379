import { setTimeout } from 'node:timers/promises';
import type {
  CallsAtOnceStatus,
  ExcessDetails,
  LimitPace,
  LimitPeriod,
  LimitScope,
  LimitStatus,
} from '@org/contract';
import type { Duration } from '@org/table';
import { failureName } from '../failure-name.ts';
import { ProxyError } from '../proxy-error.ts';
import { type Account, accountsOf } from './account.ts';
import {
  type AccountState,
  callsAtOnceStatus,
  explainRefusal,
  isFull,
  type LimitUse,
  limitBelow,
  limitPaces,
  limitStatuses,
  limitsNearlyReached,
  type Refusal,
  roomIn,
} from './admission.ts';
import { type Amounts, nothing } from './amounts.ts';
import type { CounterStore, HoldWrite } from './counter-table.ts';
import { momentOf } from './moment.ts';
import type { Scope } from './scope.ts';
import { ShardedAccounts, type UsesOf } from './sharded-accounts.ts';
import { committedUses } from './shards.ts';

export interface HoldRequest {
  readonly scopes: readonly Scope[];
  /** The most that the call can cost. */
  readonly worstCase: Amounts;
  /** How long the call may last. */
  readonly duration: Duration;
  /** When the call began by API Gateway's clock, which is the only one: milliseconds since 1970. */
  readonly at: number;
}

export interface HoldSignals {
  readonly hold: AbortSignal;
  readonly settle: AbortSignal;
}

/** The limits after a call was settled. */
export interface Settlement {
  readonly limits: readonly LimitStatus[];
  /** The limits that this settlement took past one of the ledger's shares. */
  readonly nearlyReached: readonly LimitUse[];
  /** Why a settlement was not written, if it failed: the hold stays charged. */
  readonly failure?: unknown;
}

/** Room for one call, taken before it and given back after it. Settle it once, however the call ended. */
export interface Hold {
  readonly worstCase: Amounts;
  /** The limits with this hold. Those of a team over shards are read now; if they cannot be read, they are left out. */
  limits(signal: AbortSignal): Promise<readonly LimitStatus[]>;
  /**
   * Replaces the hold by the call's charge: the true cost, `nothing` if it was certainly not billed, or the worst case
   * if the cost is unknown. Never throws: if the write fails, the hold stays charged.
   */
  settle(charge: Amounts, signal: AbortSignal): Promise<Settlement>;
}

/** How the limits of some scopes stand. */
export interface LimitsReport {
  readonly limits: LimitPace[];
  /** Absent if none of them limits calls at once. */
  readonly callsAtOnce?: CallsAtOnceStatus[];
}

export interface Ledger {
  /**
   * Admits a call or refuses it, at any concurrency, never past a limit. One write a scope; two in the days of a month
   * before its first Monday, for a scope with a limit by week. A scope over shards needs one more for each that refuses.
   *
   * @throws {ProxyError} `exceeds_limit` if the call alone is more than a limit, which costs no write; `quota_exceeded`
   *   if the charges leave no room; `rate_limited` if a minute has no room left, the pace of a limit has none yet, or only
   *   calls in flight stand in the way;
   *   `limits_unavailable` if the counters cannot be reached.
   * @param signals `hold` ends the attempt to hold; `settle` ends the attempt to give back the hold if a later scope
   *   refuses.
   */
  hold(request: HoldRequest, signals: HoldSignals): Promise<Hold>;
  /**
   * How much one call may hold at this moment, over all limits of some scopes: infinite for a kind that is not limited. A read of
   * each account, and no write. Other calls may take it before.
   *
   * @throws {ProxyError} `limits_unavailable`.
   */
  room(scopes: readonly Scope[], at: number, signal: AbortSignal): Promise<Amounts>;
  /** @throws {ProxyError} `limits_unavailable`. */
  usage(scopes: readonly Scope[], at: number, signal: AbortSignal): Promise<LimitsReport>;
}

/**
 * @param timeZone Decides when minutes, hours, days, weeks and months begin: a name of the IANA database.
 * @param warnAt The shares of a limit whose crossing a settlement reports, in percent. Default: none.
 * @param random Chooses the shard that a call tries first: at least 0 and below 1.
 */
export function createLedger(
  table: CounterStore,
  timeZone: string,
  warnAt: readonly number[] = [],
  random: () => number = Math.random,
): Ledger {
  /** Adds a hold; if only calls that died stand in the way of calls at once, again without them. */
  const take = async (account: Account, hold: Omit<HoldWrite, 'account'>, signal: AbortSignal) => {
    const write = { account, ...hold };
    const outcome = await table.hold(write, signal);
    const { dead } = outcome.counters.inFlight;
    if (outcome.admitted || dead.length === 0 || !isFull({ account, counters: outcome.counters })) {
      return outcome;
    }
    await table.reclaim(account, dead, signal);
    return table.hold(write, signal);
  };
  const counted = new ShardedAccounts(table, take, random);
  const read = (accounts: readonly Account[], ...how: [AbortSignal, UsesOf?]): Promise<AccountState[]> =>
    Promise.all(accounts.map((account) => counted.read(account, ...how))).catch((error: unknown) => {
      throw unavailable(failureName(error), false);
    });
  const statesOf = (scopes: readonly Scope[], at: number, ...how: [AbortSignal, UsesOf?]) => {
    const moment = momentOf(at, timeZone);
    return Promise.all(scopes.map((scope) => read(accountsOf(scope, moment), ...how)));
  };

  return {
    async hold({ scopes, worstCase, duration, at }, signals) {
      const excess = limitBelow(worstCase, scopes);
      if (excess) throw excessError(excess);
      const moment = momentOf(at, timeZone);
      const held: AccountState[] = [];

      const settle = async (charge: Amounts, settleSignal: AbortSignal): Promise<Settlement> => {
        const outcomes = await Promise.allSettled(
          held.map(({ account, counters: { over } }) =>
            untilWritten(
              () => table.settle({ account, duration, hold: worstCase, charge, over }, settleSignal),
              settleSignal,
            ),
          ),
        );
        const failed = outcomes.find((outcome) => outcome.status === 'rejected');
        const after = await Promise.all(
          held.map((before, index) => {
            const outcome = outcomes[index];
            const own = outcome?.status === 'fulfilled' ? { ...before, counters: outcome.value } : before;
            return counted.whole(own, settleSignal);
          }),
        );
        const nearlyReached = await Promise.all(
          after.map((state, index) =>
            state && outcomes[index]?.status === 'fulfilled'
              ? counted.report(state, limitsNearlyReached(state, charge, warnAt), settleSignal)
              : [],
          ),
        );
        return {
          limits: after.flatMap((state) => (state ? limitStatuses(state) : [])),
          nearlyReached: nearlyReached.flat(),
          ...(failed && { failure: failed.reason }),
        };
      };
      for (const account of scopes.flatMap((scope) => accountsOf(scope, moment))) {
        const outcome = await counted
          .hold(account, { duration, hold: worstCase }, signals.hold)
          .catch(async (error: unknown) => {
            await settle(nothing, signals.settle);
            // Unmetered calls are never let through.
            const name = failureName(error);
            throw unavailable(name, !unwritten.has(name));
          });
        if (!outcome.admitted) {
          await settle(nothing, signals.settle);
          const others = await read(othersAfter(account), signals.hold);
          throw refusalError(explainRefusal([outcome.state, ...others], worstCase));
        }
        held.push(outcome.state);
      }
      const limits: Hold['limits'] = async (signal) => {
        const states = await Promise.all(held.map((state) => counted.whole(state, signal)));
        return states.flatMap((state) => (state ? limitStatuses(state) : []));
      };
      return { worstCase, limits, settle };
    },

    async room(scopes, at, signal) {
      return roomIn(
        (await statesOf(scopes, at, signal, ({ item }, account) => committedUses(item, account))).flat(),
      );
    },

    async usage(scopes, at, signal) {
      const states = await statesOf(scopes, at, signal);
      const callsAtOnce = states.flatMap(callsAtOnceStatus);
      return { limits: states.flat().flatMap(limitPaces), ...(callsAtOnce.length > 0 && { callsAtOnce }) };
    },
  };
}

/** The accounts of its scope that a refusal leaves untried: one of their limits may reset later. */
function othersAfter({ scope, moment, month }: Account): Account[] {
  const accounts = accountsOf(scope, moment);
  return accounts.slice(accounts.findIndex((each) => each.month === month) + 1);
}

/** Failures after which DynamoDB has certainly written nothing. */
const unwritten: ReadonlySet<string> = new Set([
  ...['ThrottlingException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded'],
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'],
]);

/** Milliseconds before the second, third ... try to settle. */
const settleWaitsMs = [50, 100, 200, 400];

/** Settles again after a failure that has certainly written nothing; after any other, it might count twice. */
async function untilWritten<Value>(write: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
  for (const waitMs of settleWaitsMs) {
    try {
      return await write();
    } catch (error) {
      if (!unwritten.has(failureName(error)) || signal.aborted) throw error;
      await setTimeout(waitMs);
    }
  }
  return write();
}

/** @param outcomeUnknown Whether the failed write may have happened, so that trying again could hold twice. */
function unavailable(name: string, outcomeUnknown: boolean): ProxyError {
  return new ProxyError({ code: 'limits_unavailable' }, { failure: { name }, outcomeUnknown });
}

function excessError(details: ExcessDetails, shards = 1): ProxyError {
  const { limit, period, scope, max, needed } = details;
  const where = shards > 1 ? ` for one call, a part of its limit in ${shards} parts` : '';
  return new ProxyError({
    code: 'exceeds_limit',
    message: `The call may need ${needed} ${limit}, but ${nameOf[scope]} has only ${max} per ${period}${where}, so waiting will not help. Shorten it, ask for fewer maxTokens, or ask the operator for more.`,
    details,
  });
}

const nameOf: Readonly<Record<LimitScope, string>> = {
  team: 'this team',
  key: 'this key',
  person: 'this person',
  customer: 'this customer',
  model: 'this model of the team',
};

function capitalized(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** The window of a call, in messages. */
export const current: Readonly<Record<LimitPeriod, string>> = {
  minute: 'this minute',
  hour: 'this hour',
  day: 'today',
  week: 'this week',
  month: 'this month',
};

/** As long as the SDKs of OpenAI and Anthropic wait for a `retry-after`, and this proxy's client. */
const longestWaitSeconds = 60;

/** `95 min`, `31 h`; rounded up. */
function longTime(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}

function refusalError(refusal: Refusal): ProxyError {
  if (refusal.kind === 'larger than a part') return excessError(refusal.details, refusal.shards);
  if (refusal.kind === 'too many at once') {
    const { details } = refusal;
    const { scope, max, used } = details;
    return new ProxyError({
      code: 'rate_limited',
      message: `${capitalized(nameOf[scope])} has ${used} calls in flight, of ${max} that may be at once. Try again when one has ended.`,
      details,
    });
  }
  if (refusal.kind === 'busy') {
    return new ProxyError({
      code: 'rate_limited',
      message:
        'Calls in flight have reserved what is left of a limit. Try again in a moment. If a call died, what it reserved is free within 32 minutes.',
    });
  }
  const { details } = refusal;
  const { limit, period, scope, max, used, resetsAt } = details;
  const left = `${capitalized(nameOf[scope])} has used ${used} of ${max} ${limit} ${current[period]}`;
  if (refusal.kind === 'too fast') {
    const { retryAfterSeconds, wanted } = refusal;
    const { allowedNow } = refusal.details;
    const pace =
      allowedNow === undefined
        ? ''
        : `; its pace allows ${allowedNow} by now, and the call may need ${wanted}`;
    // No client waits longer without saying so, and a sooner try is in vain.
    const lasts = retryAfterSeconds > longestWaitSeconds;
    return new ProxyError(
      {
        code: 'rate_limited',
        message: `${left}${pace}. Try again in ${lasts ? longTime(retryAfterSeconds) : `${retryAfterSeconds} s`}.`,
        details,
      },
      { retryAfterSeconds, lasts },
    );
  }
  if (max === 0) {
    return new ProxyError({
      code: 'quota_exceeded',
      message: `The limit on ${limit} per ${period} of ${nameOf[scope]} is 0, so every call is refused. Ask the operator.`,
      details,
    });
  }
  const need =
    used + refusal.wanted > max
      ? `and the call may need ${refusal.wanted}`
      : `but no part of its limit has room for the ${refusal.wanted} that the call may need`;
  const advice = used < max ? `, ${need}: ask for fewer maxTokens, or wait` : '';
  return new ProxyError({
    code: 'quota_exceeded',
    message: `${left}${advice}. The limit resets at ${resetsAt}.`,
    details,
  });
}
