import type { LimitKind } from '@org/contract';
import type { TokenUsage } from '@org/lambda/call/reply';
import { unitOf } from '@org/lambda/ledger/amounts';
import type { MetricName } from '@org/lambda/log/metrics';
import type { RequestLog } from '@org/lambda/log/request-log';
import type { LogSums, Logs } from '../aws/logs.ts';
import { logTimeOf } from '../days.ts';
import { checkName } from '../name.ts';
import { type Durations, durationSlot } from './latency.ts';

/** What calls used, and how many did not end well. */
export interface StatisticsAmounts {
  /** Requests, tokens and USD that admitted calls were charged, whichever limits they have. */
  readonly requests: number;
  readonly tokens: number;
  readonly usd: number;
  /** Tokens that Bedrock counted, those of a prompt cache included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The input tokens that were read from a prompt cache. */
  readonly cachedTokens: number;
  /** Calls that were admitted and ended in an error. */
  readonly failed: number;
  /** Requests that were answered with an error and cost nothing: by a limit, a plan or a fault of the request. */
  readonly refused: number;
}

/** The same in whole numbers, so that sums are exact. */
export type Sums = Readonly<Record<Exclude<keyof StatisticsAmounts, 'usd'> | 'microUsd', number>>;

export const nothing: Sums = {
  ...{ requests: 0, tokens: 0, microUsd: 0, inputTokens: 0, outputTokens: 0 },
  ...{ cachedTokens: 0, failed: 0, refused: 0 },
};

export function plus(one: Sums, other: Sums): Sums {
  return {
    requests: one.requests + other.requests,
    tokens: one.tokens + other.tokens,
    microUsd: one.microUsd + other.microUsd,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    failed: one.failed + other.failed,
    refused: one.refused + other.refused,
  };
}

export function amountsOf({ microUsd, ...sums }: Sums): StatisticsAmounts {
  return { ...sums, usd: microUsd / unitOf.usd };
}

/** The calls of a team that ended with the same code, or without one. */
export interface LoggedGroup {
  /** Undefined if the caller was not known yet. */
  readonly team: string | undefined;
  /** Undefined if they ended well. */
  readonly code: string | undefined;
  readonly sums: Sums;
}

/** What the log says about the calls that began on a day. */
export interface DayLog {
  readonly groups: readonly LoggedGroup[];
  /** Of admitted calls. */
  readonly durations: Durations;
  /** Bytes of the log that CloudWatch searched, and bills. */
  readonly searchedBytes: number;
}

type LoggedField =
  | `${'charged' & keyof RequestLog}.${LimitKind}`
  | `${'usage' & keyof RequestLog}.${keyof TokenUsage}`
  | MetricName
  | keyof RequestLog;

const totals = {
  requests: 'sum(charged.requests)',
  tokens: 'sum(charged.tokens)',
  microUsd: 'sum(charged.usd)',
  inputTokens: 'sum(InputTokens)',
  outputTokens: 'sum(OutputTokens)',
  cachedTokens: 'sum(usage.cacheReadTokens)',
  admitted: 'count(charged.requests)',
  errors: 'count(code)',
} as const satisfies Record<string, `${'sum' | 'count'}(${LoggedField})`>;

/**
 * Reads a day from the function's log. It asks twice, because the durations of every team would be too many rows.
 *
 * @throws {AdminError} If there is no log, AWS gives up a query, or there can be no such team.
 */
export async function readDay(
  logs: Logs,
  group: string,
  {
    day,
    team,
    timeZone,
  }: { readonly day: string; readonly team: string | undefined; readonly timeZone: string },
): Promise<DayLog> {
  if (team !== undefined) checkName(team, 'team');
  const filters = [
    'message = "request"',
    `day = "${day}"`,
    ...(team === undefined ? [] : [`team = "${team}"`]),
  ];
  const time = logTimeOf({ from: day, to: day }, timeZone);
  const groups: LoggedGroup[] = [];
  const durations = new Map<number, number>();
  let searchedBytes = 0;
  const read = async (
    sums: Omit<LogSums, 'from' | 'to'>,
    add: (row: Readonly<Record<string, string>>) => void,
  ) => {
    for await (const result of logs.sums(group, { ...sums, ...time })) {
      result.rows.forEach(add);
      searchedBytes += result.searchedBytes;
    }
  };
  await read(
    {
      filters,
      totals: Object.entries(totals).map(([name, sum]) => `${sum} as ${name}`),
      by: ['team', 'code'] satisfies (keyof RequestLog)[],
    },
    (row) => groups.push(groupOf(row)),
  );
  await read(
    {
      filters: [...filters, 'ispresent(charged.requests)'],
      computed: durationSlot,
      totals: ['count(totalMs) as calls'],
      by: ['slot'],
    },
    ({ slot, calls }) => {
      durations.set(Number(slot), (durations.get(Number(slot)) ?? 0) + Number(calls));
    },
  );
  return { groups, durations, searchedBytes };
}

function groupOf(row: Readonly<Record<string, string>>): LoggedGroup {
  const amount = (name: keyof typeof totals) => Number(row[name] ?? 0);
  const admitted = amount('admitted');
  const isError = row['code'] !== undefined;
  return {
    team: row['team'],
    code: row['code'],
    sums: {
      requests: amount('requests'),
      tokens: amount('tokens'),
      microUsd: amount('microUsd'),
      inputTokens: amount('inputTokens'),
      outputTokens: amount('outputTokens'),
      cachedTokens: amount('cachedTokens'),
      failed: isError ? admitted : 0,
      refused: isError ? amount('errors') - admitted : 0,
    },
  };
}
