import { type Limits, limitKinds, limitPeriods, nearest, parseJson } from '@org/contract';
import type { ConfigIssue } from '@org/infra/config';
import { CsvError, parse } from 'csv-parse/sync';
import { AdminError } from '../admin-error.ts';
import { checkTeams, type TeamImport } from './import-teams.ts';

const texts = ['team', 'plan', 'key', 'owner', 'note', 'limits'] as const;

/** Columns of one limit each: `usd/month`, `callsAtOnce`. */
const limitColumns = new Map<string, (max: number) => Limits>([
  ...limitKinds.flatMap((kind) =>
    limitPeriods.map(
      (period) => [`${kind}/${period}`, (max: number) => ({ [kind]: { [period]: max } })] as const,
    ),
  ),
  ['callsAtOnce', (callsAtOnce) => ({ callsAtOnce })],
]);

/** The columns that a list of teams may have. */
export const teamsCsvColumns: readonly string[] = [...texts, ...limitColumns.keys()];

interface Row {
  /** In the text, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads a list of teams and keys from CSV: a line for each key, or for a team without keys. The first line names the columns:
 * `team` and `plan`; optional are `key`, `owner`, `note`, and the key's own limits, as JSON in `limits` or in a column for each
 * limit, such as `usd/month`. The plan may be left out where an earlier line has it. Columns are divided by commas, semicolons
 * or tabs.
 *
 * @param source Where it is from, for example the name of a file.
 * @throws {AdminError} With every fault, by its line and column.
 * @example
 * parseTeamsCsv('team,plan,key,usd/month\nacme,starter,acme-app,50', 'teams.csv');
 * // [{ name: 'acme', plan: 'starter', keys: [{ name: 'acme-app', limits: { usd: { month: 50 } } }] }]
 */
export function parseTeamsCsv(text: string, source: string): TeamImport[] {
  const [head, ...rows] = rowsOf(text, source);
  if (!head) throw invalid(source, [{ path: 'line 1', message: 'is missing: name the columns there' }]);
  const columns = head.cells.map((name) => name.trim());
  const issues = columnIssues(columns);
  if (issues.length > 0) throw invalid(source, issues);

  const teams = new Map<string, { readonly line: number; plan: string; readonly keys: object[] }>();
  /** The line of each team and key, by its place in the list. */
  const lines = new Map<string, number>();
  for (const { line, cells } of rows) {
    const note = (column: string, message: string) => issues.push({ path: place(line, column), message });
    if (cells.length > columns.length) {
      issues.push({
        path: place(line),
        message: `has ${cells.length} cells, but line 1 names ${columns.length} columns: quote a value that has the separator in it`,
      });
      continue;
    }
    const row = new Map(columns.map((column, index) => [column, cells[index]?.trim() ?? '']));
    const name = row.get('team') ?? '';
    if (name === '') {
      note('team', 'is missing');
      continue;
    }
    const team = teams.get(name) ?? { line, plan: row.get('plan') ?? '', keys: [] };
    const plan = row.get('plan') || team.plan;
    if (plan === '') note('plan', `is missing: the team ${name} has none in an earlier line either`);
    else if (team.plan !== '' && plan !== team.plan) {
      note('plan', `is ${plan}, and the team ${name} is on ${team.plan} in line ${team.line}`);
    }
    team.plan = plan;
    if (!teams.has(name)) lines.set(String(teams.size), line);
    teams.set(name, team);
    const key = keyOf(row, note);
    if (!key) continue;
    lines.set(`${[...teams.keys()].indexOf(name)}.keys.${team.keys.length}`, line);
    team.keys.push(key);
  }
  const list = [...teams].map(([name, { plan, keys }]) => ({ name, plan, keys }));
  const placeOf = (path: readonly PropertyKey[]): string => csvPlace(path, lines);
  const checked = checkTeams(list, placeOf);
  // Of a team without a plan, that is said already.
  const all = [...issues, ...checked.issues.filter(({ path }) => issues.every((each) => each.path !== path))];
  if (all.length > 0) throw invalid(source, all);
  return checked.teams;
}

function rowsOf(text: string, source: string): Row[] {
  const rows: Row[] = [];
  const [first = ''] = text.split(/\r?\n|\r/, 1);
  const delimiter = /[,;\t]/.exec(first)?.[0] ?? ',';
  try {
    parse(text, {
      ...{ bom: true, delimiter, relax_column_count: true },
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      on_record: (cells: string[], { lines }) => {
        rows.push({ line: lines, cells });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error;
    const line = typeof lines === 'number' ? place(lines) : 'file';
    throw invalid(source, [{ path: line, message: 'is not CSV: check its quotation marks' }]);
  }
  return rows;
}

function columnIssues(columns: readonly string[]): ConfigIssue[] {
  const unknown = columns.filter((column) => !teamsCsvColumns.includes(column));
  const twice = columns.filter((column, index) => columns.indexOf(column) !== index);
  const missing = ['team', 'plan'].filter((column) => !columns.includes(column));
  const issue = (column: string, message: string) => ({ path: place(1, column), message });
  return [
    ...unknown.map((column) => {
      const near = nearest(column, teamsCsvColumns);
      const meant =
        near === undefined ? `the columns are ${teamsCsvColumns.join(', ')}` : `did you mean "${near}"?`;
      return issue(column, `is not a column of the list (${meant})`);
    }),
    ...new Set(twice).values().map((column) => issue(column, 'is there twice')),
    ...missing.map((column) => issue(column, 'is missing')),
  ];
}

/** Undefined for a team without a key. */
function keyOf(
  row: ReadonlyMap<string, string>,
  note: (column: string, message: string) => void,
): object | undefined {
  const name = row.get('key') ?? '';
  const filled = [...row].filter(([column, cell]) => cell !== '' && column !== 'team' && column !== 'plan');
  if (name === '') {
    const [first] = filled;
    if (first) note('key', `is missing, and the line has its ${first[0]}`);
    return undefined;
  }
  const json = row.get('limits') ?? '';
  const ofJson = json === '' ? {} : parseJson(json);
  if (ofJson === undefined) note('limits', 'is not JSON, such as {"usd":{"month":50}}');
  let limits: Limits = {};
  for (const [column, cell] of filled) {
    const make = limitColumns.get(column);
    if (!make) continue;
    if (json !== '') note(column, 'is there, and so is limits: give one of them');
    else if (/^\d+(?:\.\d+)?$/.test(cell)) limits = merged(limits, make(Number(cell)));
    else note(column, 'must be a number, such as 50');
  }
  const isLimited = json !== '' || Object.keys(limits).length > 0;
  return {
    name,
    ...(isLimited && ofJson !== undefined && { limits: json === '' ? limits : ofJson }),
    ...(row.get('owner') && { owner: row.get('owner') }),
    ...(row.get('note') && { note: row.get('note') }),
  };
}

function merged(limits: Limits, { callsAtOnce, ...ofKinds }: Limits): Limits {
  const result: Limits = { ...limits, ...(callsAtOnce !== undefined && { callsAtOnce }) };
  for (const kind of limitKinds) {
    if (ofKinds[kind]) result[kind] = { ...result[kind], ...ofKinds[kind] };
  }
  return result;
}

/** The line and the column of a place in the list: `0.keys.1.limits.usd.month` is in the line of that key, column `usd/month`. */
function csvPlace(path: readonly PropertyKey[], lines: ReadonlyMap<string, number>): string {
  const [team, keys, key, ...field] = path.map(String);
  const ofKey = keys === 'keys' && key !== undefined ? lines.get(`${team}.keys.${key}`) : undefined;
  const line = ofKey ?? lines.get(team ?? '') ?? 1;
  if (ofKey === undefined) return place(line, keys === 'name' ? 'team' : keys);
  const [name, ...rest] = field;
  if (name === 'limits') return place(line, limitColumns.has(rest.join('/')) ? rest.join('/') : 'limits');
  return place(line, name === 'name' || name === undefined ? 'key' : name);
}

function place(line: number, column?: string): string {
  return column === undefined ? `line ${line}` : `line ${line}, ${column}`;
}

function invalid(source: string, issues: readonly ConfigIssue[]): AdminError {
  return new AdminError('invalid_teams', { source, issues });
}
