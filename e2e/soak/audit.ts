import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '@org/admin';
import { accountsOf } from '@org/lambda/ledger/account';
import { limitStatuses } from '@org/lambda/ledger/admission';
import { readCounters } from '@org/lambda/ledger/counters';
import { momentOf } from '@org/lambda/ledger/moment';
import type { Scope } from '@org/lambda/ledger/scope';
import { countersKey, type Item, windowAttributes } from '@org/table';
import type { Bill, Bills } from './backends-process.ts';
import { mostHeld } from './planned-calls.ts';
import { openTeams, type SoakTeam, teams } from './teams.ts';

/** A team's use as the ledger recorded it and as Bedrock billed it. */
export interface Account {
  readonly team: SoakTeam;
  readonly recorded: { readonly requests: number; readonly tokens: number };
  readonly billed: Bill;
}

/** Every account, and all that is wrong with them. */
export interface Audit {
  readonly accounts: readonly Account[];
  /** Number of accounts without an ambiguous fault. */
  readonly exact: number;
  readonly wrong: readonly string[];
}

export interface Accounts {
  /** Waits until no team without ambiguous faults holds anything, for ten seconds at most. */
  untilNothingIsInFlight(): Promise<void>;
  /** @param killed The most calls that may have ended with their functions. */
  audit(bills: Bills, killed: number): Promise<Audit>;
}

/** @param moments One in each day of the soak, in milliseconds since 1970. */
export function openAccounts(deployment: Deployment, moments: readonly number[]): Accounts {
  const months = [...new Set(moments.map((at) => momentOf(at, 'UTC').month))];
  const itemsOf = async (audited: readonly SoakTeam[]): Promise<Map<SoakTeam, Item[]>> => {
    const keys = audited.flatMap(({ name }) =>
      months.map((month) => countersKey({ kind: 'team', id: name }, month)),
    );
    const items = await deployment.table.getAll(keys);
    return new Map(
      audited.map((team, index) => [
        team,
        months.map((_, month) => items[index * months.length + month] ?? {}),
      ]),
    );
  };

  return {
    async untilNothingIsInFlight() {
      const clear = teams.filter(({ stormy }) => !stormy);
      for (let tries = 0; tries < 200; tries += 1) {
        const items = [...(await itemsOf(clear)).values()].flat();
        if (items.every((item) => heldTokens(item) === 0)) return;
        await sleep(50);
      }
    },

    async audit({ bills }, killed) {
      const wrong: string[] = [];
      const accounts: Account[] = [];
      for (const [team, items] of await itemsOf(teams)) {
        const billed = bills[team.name] ?? { calls: 0, tokens: 0, ambiguous: 0 };
        const inMonths = items.map((item, index) => ({
          item,
          days: moments.map((at) => momentOf(at, 'UTC')).filter(({ month }) => month === months[index]),
        }));
        const scope: Scope = {
          kind: 'team',
          id: team.name,
          limits: deployment.config.plans[team.plan]?.limits ?? {},
        };
        const recorded = { requests: 0, tokens: 0 };
        for (const { item, days } of inMonths) {
          const states = days
            .flatMap((moment) => accountsOf(scope, moment))
            .map((account) => ({ account, counters: readCounters(item, account) }));
          const [first] = states;
          if (!first) continue;
          recorded.requests += first.counters.committed.month.requests;
          recorded.tokens += first.counters.committed.month.tokens;
          for (const { limit, period, used, max } of states.flatMap(limitStatuses)) {
            if (used > max) wrong.push(`${team.name}: ${used} of ${max} ${limit} this ${period}`);
          }
        }
        accounts.push({ team, recorded, billed });
        wrong.push(...accountProblems({ team, recorded, billed }, killed));
      }
      for (const [{ name }, items] of await itemsOf(openTeams)) {
        // A hold from a month that is over blocks no call.
        const left = heldTokens(items.at(-1) ?? {});
        if (left !== 0) wrong.push(`${name}: ${left} tokens are still held by calls in flight`);
      }
      return { accounts, exact: accounts.filter(isExact).length, wrong };
    },
  };
}

const isExact = ({ team, billed }: Account): boolean => !team.stormy && billed.ambiguous === 0;

function accountProblems(account: Account, killed: number): string[] {
  const { team, recorded, billed } = account;
  const said = `${team.name}: ${recorded.requests} requests and ${recorded.tokens} tokens are recorded, but Bedrock billed ${billed.calls} and ${billed.tokens}`;
  if (recorded.tokens < billed.tokens || recorded.requests < billed.calls) return [`${said}: too little`];
  if (isExact(account)) {
    return recorded.tokens === billed.tokens && recorded.requests === billed.calls
      ? []
      : [`${said}: not the same`];
  }
  const unsure = billed.ambiguous + (team.stormy ? killed : 0);
  const most = { requests: billed.calls + unsure, tokens: billed.tokens + unsure * mostHeld };
  return recorded.tokens > most.tokens || recorded.requests > most.requests ? [`${said}: too much`] : [];
}

/** The tokens that all slots of an item hold, including slots of times long past. */
function heldTokens(item: Item): number {
  return windowAttributes(item)
    .filter(({ slot, kind }) => slot && kind === 'tokens')
    .reduce((sum, { amount }) => sum + Math.abs(amount), 0);
}
