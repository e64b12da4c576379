import { setTimeout } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  GetQueryResultsCommand,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { AdminError } from '../admin-error.ts';
import type { ClientSettings } from './endpoints.ts';

export interface LogSearch {
  /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
  readonly pattern: string;
  /** When the lines were written, both inclusive: milliseconds since 1970. */
  readonly from: number;
  /** Default: until now. */
  readonly to?: number | undefined;
}

export interface LogQuery {
  /** In the query language of CloudWatch Logs Insights. */
  readonly query: string;
  /** When the lines were written: milliseconds since 1970. Lines from up to a second before and after count too. */
  readonly from: number;
  readonly to: number;
}

/** Lines of a time that are grouped and added up, in the query language of CloudWatch Logs Insights. */
export interface LogSums extends Omit<LogQuery, 'query'> {
  /** Conditions on the lines, which must all hold. */
  readonly filters: readonly string[];
  /** A field that is computed from others: `floor(totalMs / 100) as slot`. Default: none. */
  readonly computed?: string | undefined;
  /** `sum(charged.usd) as microUsd`. Of two parts of the time, they must add up to the whole. */
  readonly totals: readonly string[];
  /** At least one field. */
  readonly by: readonly string[];
}

export interface LogQueryResult {
  /** The values of each row by name; at most {@link mostRows}. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** What AWS bills. */
  readonly searchedBytes: number;
}

/** The most rows of a query. */
const mostRows = 10_000;

/** How long a query may take on AWS. */
const mostWaits = 60 * 60;

/** Reads log groups of CloudWatch. */
export class Logs {
  readonly #client: CloudWatchLogsClient;
  readonly #region: string;

  constructor(settings: ClientSettings) {
    this.#client = new CloudWatchLogsClient(settings);
    this.#region = settings.region;
  }

  /**
   * The lines of a group that match, in about the order in which they were written. They come in pages of at most 1 MB,
   * for which AWS charges nothing. A line takes some seconds until it is found.
   *
   * @throws {AdminError} If there is no such log group.
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
   */
  async *lines(group: string, { pattern, from, to }: LogSearch): AsyncIterable<string> {
    try {
      const pages = paginateFilterLogEvents(
        { client: this.#client },
        { logGroupName: group, filterPattern: pattern, startTime: from, endTime: to },
      );
      for await (const { events = [] } of pages) {
        for (const { message } of events) if (message !== undefined) yield message;
      }
    } catch (error) {
      throw this.#explained(error, group);
    }
  }

  /** All {@link lines} together. */
  async search(group: string, search: LogSearch): Promise<string[]> {
    const found: string[] = [];
    for await (const line of this.lines(group, search)) found.push(line);
    return found;
  }

  /**
   * Runs a query over the lines of a group. AWS charges for the bytes that it searches, about 0.005 USD per GB.
   *
   * @throws {AdminError} If there is no such log group, or AWS gives up the query.
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
   */
  async query(group: string, { query, from, to }: LogQuery): Promise<LogQueryResult> {
    const start = new StartQueryCommand({
      logGroupName: group,
      queryString: query,
      startTime: Math.floor(from / 1000),
      endTime: Math.ceil(to / 1000),
      limit: mostRows,
    });
    const { queryId } = await this.#client.send(start).catch((error: unknown) => {
      throw this.#explained(error, group);
    });
    for (let waited = 0; waited < mostWaits; waited += 1) {
      const {
        status,
        results = [],
        statistics,
      } = await this.#client.send(new GetQueryResultsCommand({ queryId }));
      if (status === 'Complete') {
        return { rows: results.map(rowOf), searchedBytes: statistics?.bytesScanned ?? 0 };
      }
      if (status !== 'Scheduled' && status !== 'Running') {
        throw new AdminError('log_query_failed', { status: status ?? 'Unknown' });
      }
      await setTimeout(1000);
    }
    throw new AdminError('log_query_failed', { status: 'Timeout' });
  }

  /**
   * Runs a query that adds up lines. If it has more rows than AWS returns, it is asked again for each half of the time, so that
   * nothing is cut off; that part of the log is then searched, and billed, again.
   *
   * @returns The rows of each part of the time.
   * @throws {AdminError} As {@link query}, and if a single second has more rows.
   */
  async *sums(group: string, sums: LogSums): AsyncIterable<LogQueryResult> {
    const { filters, computed, totals, by, from, to } = sums;
    const within = [...filters, `toMillis(@timestamp) >= ${from}`, `toMillis(@timestamp) < ${to}`];
    const query = [
      `filter ${within.join(' and ')}`,
      ...(computed === undefined ? [] : [`fields ${computed}`]),
      `stats ${totals.join(', ')} by ${by.join(', ')}`,
    ].join(' | ');
    const result = await this.query(group, { query, from, to });
    if (result.rows.length < mostRows) {
      yield result;
      return;
    }
    if (to - from <= 1000) throw new AdminError('breakdown_is_too_large', {});
    yield { ...result, rows: [] };
    const middle = Math.floor((from + to) / 2);
    yield* this.sums(group, { ...sums, to: middle });
    yield* this.sums(group, { ...sums, from: middle });
  }

  /** How many days a group keeps its lines. Undefined: for ever. */
  async retentionDays(group: string): Promise<number | undefined> {
    const pages = paginateDescribeLogGroups({ client: this.#client }, { logGroupNamePrefix: group });
    for await (const { logGroups = [] } of pages) {
      const found = logGroups.find(({ logGroupName }) => logGroupName === group);
      if (found) return found.retentionInDays;
    }
    throw new AdminError('no_such_log', { group, region: this.#region });
  }

  close(): void {
    this.#client.destroy();
  }

  #explained(error: unknown, group: string): unknown {
    if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) return error;
    return new AdminError('no_such_log', { group, region: this.#region });
  }
}

function rowOf(fields: readonly { field?: string | undefined; value?: string | undefined }[]) {
  return Object.fromEntries(
    fields.flatMap(({ field, value }) =>
      field === undefined || value === undefined ? [] : [[field, value]],
    ),
  );
}
