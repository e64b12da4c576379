import type { LimitKind } from '@org/contract';
import { type ProxyConfig, requestLogGroupOf } from '@org/infra/config';
import { unitOf } from '@org/lambda/ledger/amounts';
import type { MetricName } from '@org/lambda/log/metrics';
import type { RequestLog } from '@org/lambda/log/request-log';
import { AdminError } from './admin-error.ts';
import { type LogQueryResult, type LogSums, Logs } from './aws/logs.ts';
import { checkDays, type Days, logTimeOf } from './days.ts';
import type { Deployment } from './deployment.ts';
import { checkName } from './name.ts';

/** What a breakdown can be divided by. */
export const usageDimensions = ['day', 'team', 'plan', 'key', 'person', 'customer', 'model'] as const;

export type UsageDimension = (typeof usageDimensions)[number];

/** The field of the log line that has a dimension. */
const fieldOf: Readonly<Record<UsageDimension, keyof RequestLog>> = {
  day: 'day',
  team: 'team',
  plan: 'plan',
  key: 'keyId',
  person: 'person',
  customer: 'customer',
  model: 'model',
};

export interface BreakdownQuery extends Days {
  /** In the order of the rows. Empty: one row. */
  readonly by: readonly UsageDimension[];
  /** Default: all teams. */
  readonly team?: string | undefined;
}

/** What admitted calls used. */
export interface BreakdownAmounts {
  /** Requests, tokens and USD that the calls were charged, whichever limits they have. */
  readonly requests: number;
  readonly tokens: number;
  readonly usd: number;
  /** Tokens that Bedrock counted, those of a prompt cache included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Calls that ended in an error. */
  readonly errors: number;
}

/** The use of the calls that have the same dimensions. */
export interface BreakdownRow extends BreakdownAmounts {
  /** The values of the dimensions; one is absent for calls that have none, such as a person for a call with an API key. */
  readonly of: { readonly [Dimension in UsageDimension]?: string | undefined };
  /** The key's id, in a breakdown by key. The key itself is named, as far as its name is known. */
  readonly keyId?: string | undefined;
  /** When the last one ended, ISO 8601. */
  readonly lastCall: string;
}

export interface UsageBreakdown extends BreakdownQuery {
  readonly deployment: string;
  /** The log has calls that ended. Calls in flight are only in the counters, which decide about the limits. */
  readonly source: 'log';
  /** In the order of {@link BreakdownQuery.by}. */
  readonly rows: readonly BreakdownRow[];
  readonly total: BreakdownAmounts;
  /** Bytes of the log that CloudWatch searched, and bills. */
  readonly searchedBytes: number;
}

/** The parts of a deployment that a breakdown is made of. */
export interface LoggedDeployment extends Pick<Deployment, 'name' | 'endpoints'> {
  readonly config: Parameters<typeof requestLogGroupOf>[0] & Pick<ProxyConfig, 'timeZone'>;
}

/** About 300 MB. */
const mostBreakdownRows = 500_000;

const amounts = ['requests', 'tokens', 'microUsd', 'inputTokens', 'outputTokens', 'errors'] as const;

/** How the query adds up an amount, from fields of the log line. */
const sumOf: Readonly<Record<(typeof amounts)[number], `${'sum' | 'count'}(${LoggedField})`>> = {
  requests: 'sum(charged.requests)',
  tokens: 'sum(charged.tokens)',
  microUsd: 'sum(charged.usd)',
  inputTokens: 'sum(InputTokens)',
  outputTokens: 'sum(OutputTokens)',
  errors: 'count(code)',
};

type LoggedField = `${'charged' & keyof RequestLog}.${LimitKind}` | MetricName | keyof RequestLog;

/**
 * Adds up what calls used, by any of its dimensions, from the function's log. Every admitted call counts, with or
 * without limits. Calls that were refused cost nothing, and are not in it.
 *
 * @param keyNames Reads names of keys by id, as {@link keyNamesById} does. Called only if the log lacks a name.
 * @throws {AdminError} If the days are not days, there is no log, AWS gives up the query, or there are more rows than fit in
 *   memory.
 */
export async function usageBreakdown(
  { name, config, endpoints }: LoggedDeployment,
  query: BreakdownQuery,
  keyNames: () => Promise<ReadonlyMap<string, string>>,
): Promise<UsageBreakdown> {
  checkDays(query);
  const logs = new Logs(endpoints('cloudwatch_logs'));
  try {
    const group = requestLogGroupOf(config);
    const breakdown = new Breakdown(query.by);
    let searchedBytes = 0;
    for await (const result of logs.sums(group, logSumsOf(query, config.timeZone))) {
      breakdown.add(result.rows, query);
      searchedBytes += result.searchedBytes;
    }
    const names = breakdown.lacksName ? await keyNames() : new Map<string, string>();
    return { ...query, deployment: name, source: 'log', ...breakdown.result(names), searchedBytes };
  } finally {
    logs.close();
  }
}

/**
 * It always divides by day, because the range is only about the days: a call belongs to the day in which it began.
 *
 * @throws {AdminError} If there can be no such team.
 */
function logSumsOf({ by, team, from, to }: BreakdownQuery, timeZone: string): LogSums {
  if (team !== undefined) checkName(team, 'team');
  return {
    filters: [
      'message = "request"',
      'ispresent(charged.requests)',
      ...(team === undefined ? [] : [`team = "${team}"`]),
    ],
    totals: [
      ...amounts.map((name) => `${sumOf[name]} as ${name}`),
      'latest(timestamp) as lastCall',
      ...(by.includes('key') ? ['latest(keyName) as nameOfKey'] : []),
    ],
    by: [...new Set(['day', ...by.map((dimension) => fieldOf[dimension])])],
    ...logTimeOf({ from, to }, timeZone),
  };
}

/** In whole numbers, so that sums are exact. */
type Sums = Record<(typeof amounts)[number], number>;

type Group = Pick<BreakdownRow, 'of' | 'keyId'> & {
  readonly sums: Sums;
  lastCall: string;
  /** As the log has it. */
  keyName: string | undefined;
};

/** Adds up rows of the same dimensions. */
class Breakdown {
  readonly #by: readonly UsageDimension[];
  readonly #groups = new Map<string, Group>();
  readonly #total = nothing();

  constructor(by: readonly UsageDimension[]) {
    this.#by = by;
  }

  /** Whether there is a key whose name the log does not have. */
  get lacksName(): boolean {
    return [...this.#groups.values()].some(({ keyId, keyName }) => keyId !== undefined && !keyName);
  }

  /** Adds rows of the days. */
  add(rows: LogQueryResult['rows'], { from, to }: Pick<BreakdownQuery, 'from' | 'to'>): void {
    for (const row of rows) {
      const { day = '', lastCall = '' } = row;
      if (day < from || day > to) continue;
      const id = JSON.stringify(this.#by.map((dimension) => row[fieldOf[dimension]]));
      const group = this.#groups.get(id) ?? this.#begin(row);
      this.#groups.set(id, group);
      for (const name of amounts) {
        const amount = Number(row[name] ?? 0);
        group.sums[name] += amount;
        this.#total[name] += amount;
      }
      if (lastCall > group.lastCall) group.lastCall = lastCall;
      group.keyName ??= row['nameOfKey'];
    }
    if (this.#groups.size > mostBreakdownRows) {
      throw new AdminError('breakdown_is_too_large', {});
    }
  }

  /** @param keyNames Of keys whose name the log does not have, by id. A key that has none is named by its id. */
  result(keyNames: ReadonlyMap<string, string>): Pick<UsageBreakdown, 'rows' | 'total'> {
    const placeOf = ({ of }: BreakdownRow) => this.#by.map((dimension) => of[dimension] ?? '');
    const rows = [...this.#groups.values()].map(({ sums, keyName, of, ...group }): BreakdownRow => {
      const { keyId } = group;
      const key = keyName ?? (keyId && (keyNames.get(keyId) ?? keyId));
      return { of: { ...of, ...(keyId && { key }) }, ...group, ...amountsOf(sums) };
    });
    return {
      rows: rows.toSorted((one, other) => compare(placeOf(one), placeOf(other))),
      total: amountsOf(this.#total),
    };
  }

  #begin(row: Readonly<Record<string, string>>): Group {
    const of = Object.fromEntries(this.#by.map((dimension) => [dimension, row[fieldOf[dimension]]]));
    const key = this.#by.includes('key') && { keyId: row['keyId'] };
    return { of, ...key, sums: nothing(), lastCall: '', keyName: undefined };
  }
}

function nothing(): Sums {
  return { requests: 0, tokens: 0, microUsd: 0, inputTokens: 0, outputTokens: 0, errors: 0 };
}

function amountsOf({ microUsd, ...sums }: Sums): BreakdownAmounts {
  return { ...sums, usd: microUsd / unitOf.usd };
}

function compare(one: readonly string[], other: readonly string[]): number {
  const index = one.findIndex((value, place) => value !== other[place]);
  return index === -1 ? 0 : (one[index] ?? '') < (other[index] ?? '') ? -1 : 1;
}
