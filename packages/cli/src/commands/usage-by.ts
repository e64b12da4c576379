import {
  type BreakdownRow,
  keyNamesById,
  type UsageBreakdown,
  type UsageDimension,
  usageBreakdown,
} from '@org/admin';
import type { LimitKind } from '@org/contract';
import { dateOf, momentOf } from '@org/lambda/ledger/moment';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import { breakdownCsv, breakdownTable, breakdownTotal } from '../output/breakdown-table.ts';
import { searchedText } from '../output/searched.ts';

/** The options of `usage --by`. */
export interface UsageByOptions {
  readonly by: readonly UsageDimension[];
  readonly from?: string;
  readonly to?: string;
  readonly team?: string;
  readonly sort: LimitKind | 'team' | 'limit';
  readonly json?: boolean;
  readonly csv?: boolean;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Prints what calls used, by what the log knows of them: rows on standard output, remarks on standard error. */
export async function printBreakdown(cli: Cli, options: UsageByOptions): Promise<void> {
  const { terminal, now } = cli;
  const { by, team, sort, json, csv } = options;
  const { timeZone } = await cli.config();
  const today = dateOf(momentOf(now(), timeZone));
  const { from = `${today.slice(0, 7)}-01`, to = today } = options;
  if (sort === 'limit') {
    throw new CliError('The log has no limits to sort by.', 'Use --sort usd, or leave out --by.');
  }
  const deployment = await cli.deployment();
  const keyNames = () => keyNamesById(deployment);
  const breakdown = sorted(await usageBreakdown(deployment, { by, from, to, team }, keyNames), sort);
  if (json) terminal.print(JSON.stringify(breakdown, null, 2));
  else if (csv) terminal.print(breakdownCsv(breakdown));
  else {
    terminal.print(`${breakdown.deployment}, ${from} to ${to} ${timeZone}\n`);
    if (breakdown.rows.length > 0) terminal.print(`${breakdownTable(breakdown)}\n`);
    terminal.print(breakdownTotal(breakdown));
  }
  for (const remark of remarks(breakdown, deployment.config.logRetentionDays, cli)) terminal.note(remark);
}

function remarks({ from, searchedBytes }: UsageBreakdown, retentionDays: number, cli: Cli): string[] {
  const kept = new Date(cli.now() - retentionDays * dayMs).toISOString().slice(0, 10);
  return [
    '\nThis counts calls that have ended, from the log. Leave out --by to see what the limits count, with calls in flight.',
    ...(from < kept
      ? [
          `The log keeps lines for ${retentionDays} days (logRetentionDays), so calls before ${kept} are missing.`,
        ]
      : []),
    ...searchedText(searchedBytes, cli),
  ];
}

/** By an amount, the largest first. */
function sorted(breakdown: UsageBreakdown, order: LimitKind | 'team'): UsageBreakdown {
  if (order === 'team') return breakdown;
  const rows = breakdown.rows.toSorted((one: BreakdownRow, other: BreakdownRow) => other[order] - one[order]);
  return { ...breakdown, rows };
}
