import { type AuditRecord, limitsText, listChanges } from '@org/admin';
import { LimitsSchema } from '@org/contract';
import type { Command } from 'commander';
import * as z from 'zod/mini';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { parseStart } from '../moment.ts';
import { renderTable } from '../output/table.ts';

const examples = ({ program }: Invocation) => `
The column "who" has the AWS identity that ran the command; on a local gateway, the user of the machine. Each record is written together with
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
  { head: 'of' },
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
    .description('who changed plans, teams, keys and limits at run time, when, and from what to what')
    .option('--team <team>', 'only changes of a team and its keys')
    .option('--key <key>', 'only changes of a key')
    .option('--since <when>', 'only from a day or a time on, or from a duration ago, such as 7d')
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async ({ team, key, since, json }: Options) => {
      const { timeZone } = await cli.config();
      const from = since === undefined ? undefined : parseStart(since, cli.now(), timeZone);
      const records = await listChanges(await cli.deployment(), { team, key, since: from });
      if (json) cli.terminal.print(JSON.stringify(records, null, 2));
      else if (records.length === 0)
        cli.terminal.note(`No such change is recorded in ${await cli.target()}.`);
      else cli.terminal.print(renderTable(columns, records.map(rowOf)));
    });
}

function rowOf({ at, by, action, team = '', from, to, ...record }: AuditRecord): string[] {
  const of = (['plan', 'key', 'person', 'customer', 'model'] as const).flatMap((kind) =>
    record[kind] === undefined ? [] : [`${kind} ${record[kind]}`],
  );
  return [`${at.slice(0, 19)}Z`, action, team, of.join(), textOf(from), textOf(to), by];
}

/** What a record says of a state. */
const State = z.strictObject({
  plan: z.optional(z.string()),
  limits: z.optional(LimitsSchema),
  state: z.optional(z.string()),
  until: z.optional(z.string()),
  id: z.optional(z.string()),
});

/** In words, for a table; --json has all of it. */
function textOf(state: unknown): string {
  if (state === undefined) return '';
  const { data } = z.safeParse(State, state);
  // Of a newer version.
  if (!data) return JSON.stringify(state).replaceAll('"', '');
  const { plan, limits, state: name, until, id } = data;
  const isLimited = limits !== undefined || Object.keys(data).length === 0;
  return [
    ...(plan === undefined ? [] : [`plan ${plan}`]),
    ...(isLimited ? [(limits && limitsText(limits)) || 'no limits'] : []),
    ...(name === undefined ? [] : [name]),
    ...(until === undefined ? [] : [`until ${until}`]),
    ...(id === undefined ? [] : [`id ${id}`]),
  ].join(', ');
}
