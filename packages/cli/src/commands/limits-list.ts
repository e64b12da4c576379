import { type LimitsRecord, limitNameText, limitsText, limitText, listLimits, type Member } from '@org/admin';
import { usageId } from '@org/lambda/usage-id';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import { type Invocation, quoted } from '../invocation.ts';
import { renderTable } from '../output/table.ts';
import { forJson, memberOf, nameOfSubject, type SubjectOptions } from './limits-subject.ts';

const examples = ({ program }: Invocation) => `
Without --all, --team or --key: only what was changed at run time. People, customers and models are listed only if their limits were changed.

Examples:
  ${program} limits list
  ${program} limits list --team acme
  ${program} limits list --all --json
`;

const columns = [
  { head: 'team' },
  { head: 'of' },
  { head: 'in force' },
  { head: 'without changes' },
  { head: 'raised until' },
];

interface Options extends SubjectOptions {
  readonly all?: boolean;
  readonly json?: boolean;
}

export function addLimitsList(limits: Command, cli: Cli): void {
  limits
    .command('list')
    .description('the limits in force, and what was changed at run time')
    .option('--team <team>', 'only a team, its keys and members')
    .option('--person <sub>', 'only one person')
    .option('--customer <name>', 'only one customer')
    .option('--model <alias>', 'only one model')
    .option('--key <key>', 'only one key')
    .option('--all', 'also teams and keys whose limits were not changed')
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples(cli.invocation))
    // Its own error says more than the usual one.
    .allowExcessArguments()
    .action(async ({ team, key, all, json, ...options }: Options, { args: [name] }: Command) => {
      if (name !== undefined) {
        throw new CliError(
          `limits list does not know whether ${quoted(name)} is a team or a key.`,
          ({ command }) =>
            `Name it: ${command(`limits list --team ${quoted(name)}`)}, or --key ${quoted(name)}`,
        );
      }
      const wantedMember = memberOf(options);
      const records = await listLimits(await cli.deployment(), { team, members: true });
      const wanted = records.filter(
        (record) =>
          (key === undefined || record.key === key) &&
          (!wantedMember || isMember(record, wantedMember)) &&
          (all || team !== undefined || key !== undefined || isChanged(record)),
      );
      if (json) cli.terminal.print(JSON.stringify(wanted.map(jsonOf), null, 2));
      else if (wanted.length === 0)
        cli.terminal.note(`No limits were changed at run time in ${await cli.target()}.`);
      else cli.terminal.print(renderTable(columns, wanted.map(rowOf)));
    });
}

/** A person and a customer may be given as they are named, or by their id. */
function isMember({ scope }: LimitsRecord, { kind, name }: Member): boolean {
  return scope.kind === kind && (scope.id === name || scope.id === usageId(name));
}

function isChanged({ set, raises }: LimitsRecord): boolean {
  return set !== undefined || raises.length > 0;
}

function rowOf(record: LimitsRecord): string[] {
  const { team, base, raises, inForce } = record;
  const text = (limits: LimitsRecord['base']) => (limits && limitsText(limits)) || 'none';
  const ends = raises.map(
    ({ max, until, ...name }) =>
      `${max === null ? `no limit ${limitNameText(name)}` : limitText(name, max)}: ${momentOf(until)}`,
  );
  const unchanged = isChanged(record) ? text(base) : '';
  return [team, nameOfSubject(record) ?? '', text(inForce), unchanged, ends.join(', ')];
}

function jsonOf({ raises, scope, ...record }: LimitsRecord): object {
  return {
    ...forJson({ ...record, scope }),
    ...record,
    raises: raises.map((raise) => ({ ...raise, until: momentOf(raise.until) })),
  };
}

function momentOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
