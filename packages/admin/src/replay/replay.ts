import {
  type ErrorCode,
  type LimitKind,
  type LimitPeriod,
  type LimitScope,
  type Limits,
  longestCallMs,
  mostShards,
} from '@org/contract';
import type { ProxyConfig } from '@org/infra/config';
import { scopesOf } from '@org/lambda/call/scopes';
import { type Caller, callerOf } from '@org/lambda/config';
import { unitOf } from '@org/lambda/ledger/amounts';
import { createLedger, type Hold, type Ledger } from '@org/lambda/ledger/ledger';
import { momentOf } from '@org/lambda/ledger/moment';
import { ProxyError } from '@org/lambda/proxy-error';
import { limitsInForce, type ScopeName } from '@org/table';
import { type LoggedCall, readLine } from './logged-call.ts';
import { MemoryCounters } from './memory-counters.ts';

/** A key's own limits, and the id of the key whose counts they continue. */
export interface KeyLimits {
  readonly limits?: Limits | undefined;
  readonly countedAs?: string | undefined;
}

export interface ReplayOptions {
  /** Its plans, teams and limits decide. */
  readonly config: Pick<ProxyConfig, 'plans' | 'teams' | 'timeZone'>;
  /** `2026-10`, in the config's time zone. A call belongs to the month in which it began. */
  readonly month: string;
  /** Keys with their own limits, by the key's id. Default: none are known. */
  readonly keys?: ReadonlyMap<string, KeyLimits> | undefined;
  /** Limits that operators set at run time, in place of the config's, by the scope. Default: none are known. */
  readonly set?: ReadonlyMap<string, Limits> | undefined;
}

/** The name of a scope in {@link ReplayOptions.set}. */
export function scopeText(scope: ScopeName): string {
  return `${'team' in scope ? scope.team : ''} ${scope.kind} ${scope.id}`;
}

/** Why the config refuses a call. */
export interface Reason {
  /** `unauthenticated`: the config does not have the caller's plan. */
  readonly code: Extract<
    ErrorCode,
    'quota_exceeded' | 'rate_limited' | 'exceeds_limit' | 'model_not_allowed' | 'unauthenticated'
  >;
  /** The limit; absent if only calls in flight stood in the way, or no limit decided. */
  readonly scope?: LimitScope | undefined;
  readonly limit?: LimitKind | 'callsAtOnce' | undefined;
  readonly period?: LimitPeriod | undefined;
}

/** How often one reason refused a team's calls. */
export interface Refusals extends Reason {
  readonly calls: number;
  /** When it refused the first one, ISO 8601. */
  readonly first: string;
}

/** A team's month under the config. */
export interface ReplayedTeam {
  readonly team: string;
  readonly plan: string;
  readonly calls: number;
  readonly refused: number;
  /** When the first one was refused, ISO 8601. */
  readonly firstRefused?: string | undefined;
  /** The most frequent first. */
  readonly refusals: readonly Refusals[];
  /** USD charged in that month, by the log. */
  readonly spentUsd: number;
  /** USD charged for the calls that the config admits. */
  readonly admittedUsd: number;
}

export interface Replay {
  readonly month: string;
  /** When the first and the last call of the log began, ISO 8601. */
  readonly first?: string | undefined;
  readonly last?: string | undefined;
  /** Calls that a limit refused in that month. They are not replayed, because the log does not have what they needed. */
  readonly refusedThen: number;
  /** Calls whose model had no price, so that limits in USD count nothing for them. */
  readonly unpriced: number;
  readonly calls: number;
  readonly refused: number;
  readonly spentUsd: number;
  readonly admittedUsd: number;
  /** The team that saves most first. */
  readonly teams: readonly ReplayedTeam[];
}

/**
 * Runs a config's admission over the calls of a month: each holds what it held, when it began, and is charged what it
 * was charged, when it ended.
 *
 * @param lines Lines of the log, in any order. Other lines are left out.
 */
export async function replay(
  lines: AsyncIterable<string> | Iterable<string>,
  { config, month, keys = new Map(), set = new Map() }: ReplayOptions,
): Promise<Replay> {
  const calls: LoggedCall[] = [];
  let refusedThen = 0;
  for await (const line of lines) {
    const content = readLine(line);
    if (content === 'refused') refusedThen += 1;
    else if (content && momentOf(content.began, config.timeZone).month === month) calls.push(content);
  }
  calls.sort((one, other) => one.began - other.began);

  const teams = new Map<string, TeamReplay>();
  const recordOf = ({ team, plan }: LoggedCall) => {
    const present = teams.get(team) ?? new TeamReplay(team, planOf({ team, plan }, config));
    teams.set(team, present);
    return present;
  };
  const admission = new Admission(config, keys, set);
  for await (const { call, refusal } of admission.decide(calls)) recordOf(call).add(call, refusal);

  const replayed = [...teams.values()]
    .map((team) => team.result())
    .toSorted((one, other) => savedUsd(other) - savedUsd(one));
  const total = (amount: (team: ReplayedTeam) => number) =>
    replayed.reduce((sum, team) => sum + amount(team), 0);
  return {
    month,
    first: isoOf(calls[0]),
    last: isoOf(calls.at(-1)),
    refusedThen,
    unpriced: calls.filter(({ held }) => held.tokens > 0 && held.usd === 0).length,
    calls: calls.length,
    refused: total(({ refused }) => refused),
    spentUsd: total(({ spentUsd }) => spentUsd),
    admittedUsd: total(({ admittedUsd }) => admittedUsd),
    teams: replayed,
  };
}

function savedUsd({ spentUsd, admittedUsd }: ReplayedTeam): number {
  return spentUsd - admittedUsd;
}

function isoOf(call: LoggedCall | undefined): string | undefined {
  return call && new Date(call.began).toISOString();
}

/** The plan of a team: the config's, or for a team made at run time, the plan that it had. */
function planOf(
  { team, plan }: Pick<LoggedCall, 'team' | 'plan'>,
  { teams }: ReplayOptions['config'],
): string {
  return Object.hasOwn(teams, team) ? (teams[team]?.plan ?? plan) : plan;
}

interface Decision {
  readonly call: LoggedCall;
  /** Absent: it is admitted. */
  readonly refusal?: Reason | undefined;
}

const { signal } = new AbortController();

/** The function's admission, over past calls. */
class Admission {
  readonly #config: ReplayOptions['config'];
  readonly #keys: ReadonlyMap<string, KeyLimits>;
  readonly #set: ReadonlyMap<string, Limits>;
  readonly #ledger: Ledger;
  readonly #callers = new Map<string, Caller | undefined>();

  constructor(
    config: ReplayOptions['config'],
    keys: ReadonlyMap<string, KeyLimits>,
    set: ReadonlyMap<string, Limits>,
  ) {
    this.#config = config;
    this.#keys = keys;
    this.#set = set;
    let turn = 0;
    // One shard after the other, so that a replay is the same each time.
    const random = () => (turn++ % mostShards) / mostShards;
    this.#ledger = createLedger(new MemoryCounters(), config.timeZone, [], random);
  }

  /** Decides in the order in which calls began, and settles each when it ended. */
  async *decide(calls: readonly LoggedCall[]): AsyncIterable<Decision> {
    const byEnd = calls.toSorted((one, other) => one.ended - other.ended);
    /** Calls that have begun and not ended; without a hold if they were refused. */
    const open = new Map<LoggedCall, Hold | undefined>();
    let ended = 0;
    for (const call of calls) {
      for (
        let first = byEnd[ended];
        first && first.ended <= call.began && open.has(first);
        first = byEnd[ended]
      ) {
        await open.get(first)?.settle(first.charged, signal);
        open.delete(first);
        ended += 1;
      }
      const outcome = await this.#admit(call);
      const isRefusal = 'code' in outcome;
      open.set(call, isRefusal ? undefined : outcome);
      yield isRefusal ? { call, refusal: outcome } : { call };
    }
  }

  async #admit(call: LoggedCall): Promise<Hold | Reason> {
    const caller = this.#callerOf(call);
    if (!caller) return { code: 'unauthenticated' };
    if (!caller.models.includes(call.model)) return { code: 'model_not_allowed' };
    // A call that lasted longer than a whole answer may is a stream.
    const duration = call.ended - call.began > longestCallMs.whole ? 'long' : 'short';
    const { person, customer, model } = call;
    const scopes = await scopesOf({ ...caller, person }, { customer, model });
    try {
      return await this.#ledger.hold(
        { scopes, worstCase: call.held, duration, at: call.began },
        { hold: signal, settle: signal },
      );
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error;
      const isRefusal =
        error.hasCode('rate_limited') || error.hasCode('quota_exceeded') || error.hasCode('exceeds_limit');
      if (!isRefusal) throw error;
      const { code, details } = error.statement;
      return { code, scope: details?.scope, limit: details?.limit, period: details?.period };
    }
  }

  #callerOf({ keyId, team, plan }: LoggedCall): Caller | undefined {
    const id = JSON.stringify([keyId, team, plan]);
    if (!this.#callers.has(id)) this.#callers.set(id, this.#readCaller({ keyId, team, plan }));
    return this.#callers.get(id);
  }

  #readCaller({ keyId, team, plan }: Pick<LoggedCall, 'keyId' | 'team' | 'plan'>): Caller | undefined {
    const name = planOf({ team, plan }, this.#config);
    const access = Object.hasOwn(this.#config.plans, name) ? this.#config.plans[name] : undefined;
    const { limits, countedAs = keyId } = this.#keys.get(keyId) ?? {};
    if (!access) return undefined;
    const key = { keyId: countedAs, team, plan: name };
    const inForce = (scope: ScopeName, base: Limits | undefined) =>
      limitsInForce(base, { limits: this.#set.get(scopeText(scope)) }, 0);
    return {
      ...callerOf(
        { ...key, limits: inForce({ kind: 'key', id: countedAs }, limits) },
        { ...access, limits: inForce({ kind: 'team', id: team }, access.limits) },
      ),
      ...(this.#set.size > 0 && { inForce: async (member, base) => inForce(member, base) }),
    };
  }
}

class TeamReplay {
  readonly #team: string;
  readonly #plan: string;
  readonly #refusals = new Map<string, Refusals>();
  #calls = 0;
  #spent = 0;
  #admitted = 0;

  constructor(team: string, plan: string) {
    this.#team = team;
    this.#plan = plan;
  }

  add(call: LoggedCall, refusal: Reason | undefined): void {
    this.#calls += 1;
    this.#spent += call.charged.usd;
    if (!refusal) {
      this.#admitted += call.charged.usd;
      return;
    }
    const name = Object.values(refusal).join(' ');
    const { calls, first } = this.#refusals.get(name) ?? {
      calls: 0,
      first: new Date(call.began).toISOString(),
    };
    this.#refusals.set(name, { ...refusal, calls: calls + 1, first });
  }

  result(): ReplayedTeam {
    const refusals = [...this.#refusals.values()].toSorted((one, other) => other.calls - one.calls);
    return {
      team: this.#team,
      plan: this.#plan,
      calls: this.#calls,
      refused: refusals.reduce((sum, { calls }) => sum + calls, 0),
      firstRefused: refusals.map(({ first }) => first).toSorted()[0],
      refusals,
      spentUsd: this.#spent / unitOf.usd,
      admittedUsd: this.#admitted / unitOf.usd,
    };
  }
}
