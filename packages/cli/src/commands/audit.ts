import { type AuditRecord, listChanges } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { parseMoment } from '../moment.ts';
import { parseDuration } from '../output/duration.ts';
import { renderTable } from '../output/table.ts';

const examples = ({ program }: Invocation) => `
Who is the AWS identity of the command, or for a local gateway the user of the machine. Each record is written together with
its change. Changes of the config are in your version control, and deployments in CloudTrail.

Examples:
  ${program} audit --team acme
  ${program} audit --since 7d
  ${program} audit --since 2026-11-01 --json
`;

const columns = [
  { head: 'when' },
  { head: 'what' },
  { head: 'team' },
  { head: 'key' },
  { head: 'from' },
  { head: 'to' },
  { head: 'who' },
];

interface Options {
  readonly team?: string;
  readonly key?: string;
  readonly since?: string;
  readonly json?: boolean;
}

export function addAudit(program: Command, cli: Cli): void {
  program
    .command('audit')
    .description('who changed teams, keys and limits at run time, when, and from what to what')
    .option('--team <team>', 'only changes of a team and its keys')
    .option('--key <key>', 'only changes of a key')
    .option('--since <when>', 'only from a day or a time on, in UTC, or from a duration ago, such as 7d')
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async ({ team, key, since, json }: Options) => {
      const from = since === undefined ? undefined : parseSince(since, cli.now());
      const records = await listChanges(await cli.deployment(), { team, key, since: from });
      if (json) cli.terminal.print(JSON.stringify(records, null, 2));
      else if (records.length === 0)
        cli.terminal.note(`No such change is recorded in ${await cli.target()}.`);
      else cli.terminal.print(renderTable(columns, records.map(rowOf)));
    });
}

function rowOf({ at, by, action, team = '', key = '', from, to }: AuditRecord): string[] {
  return [`${at.slice(0, 19)}Z`, action, team, key, textOf(from), textOf(to), by];
}

/** Short, for a table; --json has all of it. */
function textOf(state: unknown): string {
  return state === undefined ? '' : JSON.stringify(state).replaceAll('"', '');
}

/** A day begins where as an end it would be over; a duration is ago. */
function parseSince(text: string, now: number): number {
  const duration = parseDuration(text);
  if (duration !== undefined) return now - duration;
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  const at = parseMoment(day ? `${text}T00:00Z` : text, now);
  if (at <= now) return at;
  throw new CliError(`${text} is still to come.`, 'Give a moment that is over, or a duration such as 7d.');
}
