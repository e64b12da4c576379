import * as z from 'zod/mini';
import { parseJson } from '../http/parse-json.ts';
import { JsonServiceError } from './json-protocol.ts';
import type { LogEvent } from './recorded-log.ts';
import type { QueryResults } from './recorded-queries.ts';

/** A line, by the fields that CloudWatch finds in it: `charged.usd`. */
type FieldOf = (name: string) => unknown;

type Condition = (field: FieldOf) => boolean;

/** Takes a group's lines, oldest first. Its result is undefined if no line has the field. */
interface Aggregation {
  readonly alias: string;
  readonly over: (lines: readonly FieldOf[]) => string | undefined;
}

/**
 * Runs a query of CloudWatch Logs Insights of one form: `filter`, then `stats` with names for its aggregations and `by`.
 *
 * @throws {JsonServiceError} For a query that is not understood.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export function runQuery(query: string, events: readonly LogEvent[], mostRows: number): QueryResults {
  const [, filter, stats, by] = /^filter (.+) \| stats (.+) by ([\w., ]+)$/.exec(query) ?? [];
  if (filter === undefined || stats === undefined || by === undefined) throw malformed(query);
  const conditions = filter.split(' and ').map(conditionOf);
  const aggregations = stats.split(', ').map(aggregationOf);
  const dimensions = by.split(', ');

  const matched = events.map(fieldsOf).filter((field) => conditions.every((holds) => holds(field)));
  const groups = Map.groupBy(matched, (field) => JSON.stringify(dimensions.map(field)));
  const results = [...groups.values()].map((lines) => {
    const [first] = lines;
    const values = [
      ...dimensions.map((name) => [name, textOf(first?.(name))] as const),
      ...aggregations.map(({ alias, over }) => [alias, over(lines)] as const),
    ];
    // A value that is missing is left out.
    return values.flatMap(([field, value]) => (value === undefined ? [] : [{ field, value }]));
  });
  return {
    results: results.slice(0, mostRows),
    statistics: {
      recordsMatched: matched.length,
      recordsScanned: events.length,
      bytesScanned: events.reduce((bytes, { message }) => bytes + Buffer.byteLength(message), 0),
    },
  };
}

function conditionOf(text: string): Condition {
  const [, name = '', string] = /^([\w.]+) = "([^"\\]*)"$/.exec(text) ?? [];
  if (string !== undefined) return (field) => field(name) === string;
  const [, present] = /^ispresent\(([\w.]+)\)$/.exec(text) ?? [];
  if (present !== undefined) return (field) => field(present) !== undefined;
  const [, comparison, bound] = /^toMillis\(@timestamp\) (>=|<) (\d+)$/.exec(text) ?? [];
  if (comparison === undefined) throw malformed(text);
  const isAfter = comparison === '>=';
  return (field) => Number(field('@timestamp')) >= Number(bound) === isAfter;
}

function aggregationOf(text: string): Aggregation {
  const [, operation, name = '', alias = ''] = /^(sum|count|latest)\(([\w.]+)\) as (\w+)$/.exec(text) ?? [];
  const present = (lines: readonly FieldOf[]) =>
    lines.map((field) => field(name)).filter((value) => value !== undefined);
  switch (operation) {
    case 'sum':
      return {
        alias,
        over: (lines) => String(present(lines).reduce((sum: number, value) => sum + Number(value), 0)),
      };
    case 'count':
      return { alias, over: (lines) => String(present(lines).length) };
    case 'latest':
      return { alias, over: (lines) => textOf(present(lines).at(-1)) };
    default:
      throw malformed(text);
  }
}

const Line = z.record(z.string(), z.unknown());

function fieldsOf({ at, message }: LogEvent): FieldOf {
  const line = z.safeParse(Line, parseJson(message)).data ?? {};
  return (name) =>
    name === '@timestamp'
      ? at
      : name.split('.').reduce((value: unknown, part) => z.safeParse(Line, value).data?.[part], line);
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}

function malformed(text: string): JsonServiceError {
  return new JsonServiceError('MalformedQueryException', `The local gateway does not know the query ${text}`);
}
