import { parseJson } from '@org/contract';
import * as z from 'zod/mini';
import { JsonServiceError } from './json-protocol.ts';
import type { LogEvent } from './recorded-log.ts';
import type { QueryResults } from './recorded-queries.ts';

/** A line, by the fields that CloudWatch finds in it: `charged.usd`, `@timestamp`. */
type FieldOf = (name: string) => unknown;

type Condition = (field: FieldOf) => boolean;

/** Lines between two commands, and the fields of each that the last one made. */
interface Table {
  readonly lines: readonly FieldOf[];
  readonly fields: readonly string[];
}

/** Takes a group's lines, oldest first. Its result is undefined if no line has the field. */
interface Aggregation {
  readonly alias: string;
  readonly over: (lines: readonly FieldOf[]) => string | undefined;
}

/**
 * Runs a query of CloudWatch Logs Insights, of some of its commands and functions: `filter`, `fields`, and `stats` with names
 * for its aggregations and `by`.
 *
 * @throws {JsonServiceError} For a query that is not understood.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export function runQuery(query: string, events: readonly LogEvent[], mostRows: number): QueryResults {
  const [filter = '', ...commands] = query.split(' | ');
  const matched = filtered(events.map(fieldsOf), filter);
  const { lines, fields } = commands.reduce<Table>(runCommand, {
    lines: matched,
    fields: ['@timestamp', '@message'],
  });
  const results = lines.slice(0, mostRows).map((line) =>
    fields.flatMap((field) => {
      const value = textOf(line(field));
      // A value that is missing is left out.
      return value === undefined ? [] : [{ field, value }];
    }),
  );
  return {
    results,
    statistics: {
      recordsMatched: matched.length,
      recordsScanned: events.length,
      bytesScanned: events.reduce((bytes, { message }) => bytes + Buffer.byteLength(message), 0),
    },
  };
}

function filtered(lines: readonly FieldOf[], command: string): FieldOf[] {
  const [, text] = /^filter (.+)$/.exec(command) ?? [];
  if (text === undefined) throw malformed(command);
  const conditions = text.split(' and ').map(conditionOf);
  return lines.filter((field) => conditions.every((holds) => holds(field)));
}

function runCommand(table: Table, command: string): Table {
  const [, stats, by] = /^stats (.+) by ([\w., ]+)$/.exec(command) ?? [];
  if (stats !== undefined && by !== undefined) return summed(table, stats.split(', '), by.split(', '));
  const [, computed] = /^fields (.+ as \w+)$/.exec(command) ?? [];
  if (computed !== undefined) return withComputed(table, computed);
  const [, names] = /^fields ([@\w., ]+)$/.exec(command) ?? [];
  if (names === undefined) throw malformed(command);
  return { ...table, fields: names.split(', ') };
}

function summed({ lines }: Table, stats: readonly string[], by: readonly string[]): Table {
  const aggregations = stats.map(aggregationOf);
  const groups = Map.groupBy(lines, (field) => JSON.stringify(by.map(field)));
  return {
    lines: [...groups.values()].map((group) => {
      const values = new Map<string, unknown>([
        ...by.map((name) => [name, group[0]?.(name)] as const),
        ...aggregations.map(({ alias, over }) => [alias, over(group)] as const),
      ]);
      return (name) => values.get(name);
    }),
    fields: [...by, ...aggregations.map(({ alias }) => alias)],
  };
}

/** One form: the slot of a number by its logarithm. */
function withComputed({ lines, fields }: Table, text: string): Table {
  const form = /^floor\(log\(greatest\(([\w.]+), (\d+)\)\) \* (\d+)\) as (\w+)$/;
  const [, name, least, factor, alias] = form.exec(text) ?? [];
  if (name === undefined || alias === undefined) throw malformed(text);
  return {
    lines: lines.map((line) => {
      const value = Math.floor(Math.log(Math.max(Number(line(name)), Number(least))) * Number(factor));
      return (field) => (field === alias ? value : line(field));
    }),
    fields: [...fields, alias],
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
  return (name) => {
    if (name === '@timestamp') return at;
    if (name === '@message') return message;
    return name.split('.').reduce((value: unknown, part) => z.safeParse(Line, value).data?.[part], line);
  };
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}

function malformed(text: string): JsonServiceError {
  return new JsonServiceError('MalformedQueryException', `The local gateway does not know the query ${text}`);
}
