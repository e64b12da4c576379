import {
  type CallsAtOnceStatus,
  type LimitKind,
  type LimitPace,
  type LimitPeriod,
  type LimitStatus,
  limitKinds,
} from '@org/contract';
import { type Account, accountsOf } from '@org/lambda/ledger/account';
import {
  type AccountState,
  callsAtOnceStatus,
  limitPaces,
  limitStatuses,
} from '@org/lambda/ledger/admission';
import { amountsOf, unitOf } from '@org/lambda/ledger/amounts';
import { type Counters, InconsistentCounters, readCounters } from '@org/lambda/ledger/counters';
import { dateOf, momentIn, momentOf } from '@org/lambda/ledger/moment';
import type { Scope } from '@org/lambda/ledger/scope';
import { stateOf } from '@org/lambda/ledger/sharded-accounts';
import { shardsIn, undividedShards } from '@org/lambda/ledger/shards';
import { countersKey, type Item } from '@org/table';
import type { Deployment } from './deployment.ts';
import { type LimitsRecord, listLimits } from './limits/list-limits.ts';
import type { Table } from './table.ts';

/** Requests, tokens and USD. */
export type Used = Readonly<Record<LimitKind, number>>;

/** Usage of a team, or of a key with its own limits. */
export interface Usage {
  readonly team: string;
  readonly plan: string | undefined;
  /** For a key with its own limits. */
  readonly key?: string | undefined;
  /** Whether its plan counts at all. */
  readonly counted: boolean;
  /** Its counters contradict themselves, so they are not reported here, and no call is let through on them. */
  readonly inconsistent?: boolean | undefined;
  /** The day is left out for a month that is over, and both if nothing was counted. */
  readonly used: { readonly [Period in LimitPeriod]?: Used | undefined };
  /** State of the limits; for a month that is over, only the monthly ones. */
  readonly limits: readonly LimitPace[];
  /** The limit on calls at once, and how many are in flight. */
  readonly callsAtOnce?: CallsAtOnceStatus | undefined;
}

export interface UsageReport {
  readonly deployment: string;
  /** Decides when days and months begin. */
  readonly timeZone: string;
  /** `2026-11`. */
  readonly month: string;
  /** `2026-11-22`; undefined for a month that is over. */
  readonly day: string | undefined;
  readonly usage: readonly Usage[];
}

export interface UsageQuery {
  /** `2026-11`. Default: the present one. */
  readonly month?: string | undefined;
  /** One team, with its keys that have their own limits. Default: all teams. */
  readonly team?: string | undefined;
  /** Whether the report of all teams includes keys with their own limits, each after its team. Default: false. */
  readonly keys?: boolean | undefined;
  /** What `listLimits` said of these teams, and of their keys. Default: it is asked. */
  readonly records?: readonly LimitsRecord[] | undefined;
}

/** The used share of a limit. A limit of 0 is used up. */
export function shareOf({ max, used }: LimitStatus): number {
  return max > 0 ? used / max : 1;
}

/** The largest used share of a limit, from 0: 0 without limits, and 1 for a limit of 0. */
export function nearestLimit({ limits }: Usage): number {
  return Math.max(0, ...limits.map(shareOf));
}

/** Reads usage from the counters that decide about calls, by this machine's clock. */
export async function usageReport(deployment: Deployment, query: UsageQuery): Promise<UsageReport> {
  const { table, now, name, config } = deployment;
  const { timeZone } = config;
  const present = momentOf(now(), timeZone);
  const month = query.month ?? present.month;
  const over = month !== present.month;
  const moment = over ? momentIn(month, timeZone) : present;
  const periods: readonly LimitPeriod[] = over ? ['month'] : ['day', 'month'];

  const subjects = (await countedSubjects(deployment, query)).map(({ scope, ...subject }) => ({
    subject,
    accounts: accountsOf(over ? onlyMonths(scope) : scope, moment),
  }));
  const found = await readStates(
    table,
    subjects.flatMap(({ accounts }) => accounts),
  );
  const usage = subjects.map(({ subject, accounts }): Usage => {
    const states = accounts.flatMap((account) => found.get(account) ?? []);
    const [first] = states;
    if (!first || states.length < accounts.length) {
      return { ...subject, inconsistent: true, used: {}, limits: [] };
    }
    // A team that was on a counting plan has counters from then.
    const known = subject.counted || Object.keys(first.counters.item).length > 0 ? periods : [];
    return {
      ...subject,
      used: Object.fromEntries(known.map((period) => [period, usedIn(first.counters, period)])),
      limits: states.flatMap(over ? limitStatuses : limitPaces),
      callsAtOnce: callsAtOnceStatus(states)[0],
    };
  });
  return { deployment: name, timeZone, month, day: over ? undefined : dateOf(present), usage };
}

/** A scope as far as a month that is over can be reported: its shorter windows are over too. */
function onlyMonths(scope: Scope): Scope {
  const limits = limitKinds.map((kind) => [kind, { month: scope.limits[kind]?.month }]);
  return { ...scope, limits: Object.fromEntries(limits) };
}

/** Accounts with all their shards; without those whose counters contradict themselves. */
async function readStates(
  table: Table,
  accounts: readonly Account[],
): Promise<ReadonlyMap<Account, AccountState>> {
  const countersOf = async (counted: readonly Account[]) => {
    const keys = counted.map(({ scope, month, shard }) => countersKey(scope, month, shard?.number));
    const items = await table.getAll(keys);
    return new Map(
      counted.flatMap((account, index) => {
        const counters = consistent(items[index] ?? {}, account);
        return counters ? [[account, counters] as const] : [];
      }),
    );
  };
  const firsts = await countersOf(accounts);
  const shards = new Map(
    [...firsts].map(([account, first]) => [account, undividedShards(account, shardsIn(first))]),
  );
  const ofShards = await countersOf([...shards.values()].flat());
  return new Map(
    [...firsts].flatMap(([account, first]) => {
      const all = shards.get(account) ?? [];
      const read = all.flatMap((shard) => ofShards.get(shard) ?? []);
      if (read.length < all.length) return [];
      return [[account, all.length > 0 ? stateOf(account, first, read) : { account, counters: first }]];
    }),
  );
}

function consistent(item: Item, account: Account): Counters | undefined {
  try {
    return readCounters(item, account);
  } catch (error) {
    if (error instanceof InconsistentCounters) return undefined;
    throw error;
  }
}

/**
 * The teams and keys of a report. A key counts only with its own limits, and one that replaced another, whose counters it
 * shares, stands for both.
 */
async function countedSubjects(
  deployment: Deployment,
  { team, keys = team !== undefined, records }: UsageQuery,
) {
  const listed = records ?? (await listLimits(deployment, { team, keys }));
  const byScope = new Map(listed.map((record) => [`${record.scope.kind} ${record.scope.id}`, record]));
  return [...byScope.values()].flatMap(({ team: owner, plan, key, scope, inForce }) => {
    if (key !== undefined && !inForce) return [];
    return [
      { team: owner, plan, key, counted: inForce !== undefined, scope: { ...scope, limits: inForce ?? {} } },
    ];
  });
}

function usedIn({ committed }: Counters, period: LimitPeriod): Used {
  return amountsOf((kind) => committed[period][kind] / unitOf[kind]);
}
