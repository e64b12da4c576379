import {
  countText,
  createTeam,
  type ImportPreview,
  importTeams,
  limitsText,
  previewImport,
} from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { renderTable } from '../output/table.ts';
import { readTeamsFile } from '../teams-file.ts';

const examples = ({ program }: Invocation) => `
With --from, a file lists the teams to make; existing ones are left alone, so it can be run again after a failure. In JSON:
  [{ "name": "acme", "plan": "starter", "keys": ["acme-app", { "name": "acme-intern", "limits": { "usd": { "month": 0.1 } } }] }]
In CSV, with a line for each key, and a column for each limit that some key has:
  team,plan,key,owner,note,usd/month
  acme,starter,acme-app,ann@example.com,the web shop,
  acme,starter,acme-intern,,,0.1
Each key is printed as it is made, with its value: team, key, value, with tabs between. With --json: a JSON object a line.
No value is ever shown again, so keep the output in a secret store.

Examples:
  ${program} teams create acme --plan starter
  ${program} teams create --from teams.csv --dry-run
  (umask 077; ${program} teams create --from teams.json > keys.tsv)
`;

interface Options {
  readonly plan?: string;
  readonly from?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addTeamsCreate(teams: Command, cli: Cli): void {
  teams
    .command('create')
    .description('make a team, or many with their keys')
    .argument('[team]', 'name of the team')
    .option('--plan <plan>', 'its plan, of the config or made at run time')
    .option('--from <file>', 'make all teams and keys of a file, in JSON or CSV')
    .option('--dry-run', 'with --from: only say what would be made, and what is wrong')
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async (name: string | undefined, { plan, from, dryRun, json }: Options) => {
      const { terminal } = cli;
      if (from !== undefined && name === undefined && plan === undefined) {
        const wanted = await readTeamsFile(from);
        if (dryRun) return printPreview(await previewImport(await cli.deployment(), wanted), json, cli);
        const made = await importTeams(await cli.deployment(), wanted, (key) => {
          terminal.print(json ? JSON.stringify(key) : [key.team, key.name, key.value].join('\t'));
        });
        terminal.note(
          `Made ${countText(made.teams, 'teams')} and ${countText(made.keys, 'keys')} in ${await cli.target()}. Existing ones are unchanged.`,
        );
        return;
      }
      if (dryRun && from === undefined) {
        throw new CliError('--dry-run needs --from.', 'Add it, such as --from teams.csv.');
      }
      if (from !== undefined) {
        throw new CliError(`${from} already names the teams.`, 'Leave out the name and --plan.');
      }
      if (name === undefined && plan === undefined) {
        throw new CliError('There is nothing to make.', 'Give a name and --plan PLAN, or --from FILE.');
      }
      if (name === undefined) {
        const command = `teams create NAME --plan ${plan}`;
        throw new CliError(
          'The team has no name.',
          (invocation) => `Give it one: ${invocation.command(command)}`,
        );
      }
      if (plan === undefined) {
        const { plans } = await cli.config();
        throw new CliError(
          `The team ${name} has no plan.`,
          `Add --plan, with one of: ${Object.keys(plans).join(', ')}.`,
        );
      }
      const created = await createTeam(await cli.deployment(), name, plan);
      const target = await cli.target();
      if (json) terminal.print(JSON.stringify({ name, plan, created }, null, 2));
      terminal.note(
        created
          ? `Made the team ${name} in ${target}, on the plan ${plan}. Give it a key: ${cli.invocation.command(`keys create NAME --team ${name}`)}`
          : `The team ${name} in ${target} is on the plan ${plan} already.`,
      );
    });
}

const previewColumns = [
  { head: 'team' },
  { head: 'plan' },
  { head: 'key' },
  { head: 'own limits' },
  { head: '' },
  { head: 'problem' },
];

/** @throws {CliError} If there is a problem, so that a script sees it. */
async function printPreview(
  preview: ImportPreview,
  json: boolean | undefined,
  { terminal, target }: Cli,
): Promise<void> {
  const { teams, problems } = preview;
  if (json) terminal.print(JSON.stringify(preview, null, 2));
  else {
    const problemOf = (team: string, key?: string) =>
      problems
        .filter((problem) => problem.team === team && problem.key === key)
        .map(({ message }) => terminal.paint('red', message))
        .join(' ');
    const rows = teams.flatMap(({ name, plan, state, keys }) => [
      [name, plan, '', '', state, problemOf(name)],
      ...keys.map((key) => [
        ...[name, plan, key.name],
        ...[key.limits ? limitsText(key.limits) : '', key.state, problemOf(name, key.name)],
      ]),
    ]);
    terminal.print(renderTable(previewColumns, rows));
  }
  const count = (entries: readonly { readonly state: string }[]) =>
    entries.filter(({ state }) => state === 'new').length;
  const made = `${countText(count(teams), 'teams')} and ${countText(count(teams.flatMap(({ keys }) => keys)), 'keys')}`;
  const place = await target();
  if (problems.length > 0) {
    throw new CliError(
      `${countText(problems.length, 'problems')} of the file stop it in ${place}. Nothing was made.`,
      'Correct the file, and run this again.',
    );
  }
  terminal.note(`\nIt would make ${made} in ${place}. Nothing was made.`);
}
