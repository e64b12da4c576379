import { type LimitsRecord, limitsText, limitText, listLimits } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import { type Invocation, quoted } from '../invocation.ts';
import { renderTable } from '../output/table.ts';

const examples = ({ program }: Invocation) => `
Without --all, --team or --key: only what was changed at run time.

Examples:
  ${program} limits list
  ${program} limits list --team acme
  ${program} limits list --all --json
`;

const columns = [
  { head: 'team' },
  { head: 'key' },
  { head: 'in force' },
  { head: 'without changes' },
  { head: 'raised until' },
];

interface Options {
  readonly team?: string;
  readonly key?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

export function addLimitsList(limits: Command, cli: Cli): void {
  limits
    .command('list')
    .description('the limits in force, and what was changed at run time')
    .option('--team <team>', 'only a team and its keys')
    .option('--key <key>', 'only one key')
    .option('--all', 'also teams and keys whose limits were not changed')
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples(cli.invocation))
    // Its own error says more than the usual one.
    .allowExcessArguments()
    .action(async ({ team, key, all, json }: Options, { args: [name] }: Command) => {
      if (name !== undefined) {
        throw new CliError(
          `limits list does not know whether ${quoted(name)} is a team or a key.`,
          ({ command }) =>
            `Say it: ${command(`limits list --team ${quoted(name)}`)}, or --key ${quoted(name)}`,
        );
      }
      const records = await listLimits(await cli.deployment());
      const wanted = records.filter(
        (record) =>
          (team === undefined || record.team === team) &&
          (key === undefined || record.key === key) &&
          (all || team !== undefined || key !== undefined || isChanged(record)),
      );
      if (json) cli.terminal.print(JSON.stringify(wanted.map(forJson), null, 2));
      else if (wanted.length === 0)
        cli.terminal.note(`No limits were changed at run time in ${await cli.target()}.`);
      else cli.terminal.print(renderTable(columns, wanted.map(rowOf)));
    });
}

function isChanged({ set, raises }: LimitsRecord): boolean {
  return set !== undefined || raises.length > 0;
}

function rowOf({ team, key = '', base, raises, inForce, ...record }: LimitsRecord): string[] {
  const text = (limits: LimitsRecord['base']) => (limits && limitsText(limits)) || 'none';
  const ends = raises.map(
    ({ limit, period, max, until }) =>
      `${max === null ? `no limit ${limit}/${period}` : limitText(limit, max, period)}: ${momentOf(until)}`,
  );
  const unchanged = isChanged({ team, base, raises, inForce, ...record }) ? text(base) : '';
  return [team, key, text(inForce), unchanged, ends.join(', ')];
}

function forJson({ raises, scope: _, ...record }: LimitsRecord): object {
  return { ...record, raises: raises.map((raise) => ({ ...raise, until: momentOf(raise.until) })) };
}

function momentOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
