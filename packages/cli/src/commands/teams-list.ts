import { listTeams } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { planOfTeam } from '../output/plan-of-team.ts';
import { renderTable } from '../output/table.ts';

const examples = ({ program }: Invocation) => `
Examples:
  ${program} teams list
  ${program} teams list --json | jq -r '.[] | select(.plan == "starter") | .name'
`;

export function addTeamsList(teams: Command, cli: Cli): void {
  teams
    .command('list')
    .description('all teams with their plans')
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async ({ json }: { json?: boolean }) => {
      const all = await listTeams(await cli.deployment());
      if (json) {
        cli.terminal.print(JSON.stringify(all, null, 2));
        return;
      }
      const columns = [{ head: 'team' }, { head: 'plan' }, { head: 'source' }, { head: 'created' }];
      const rows = all.map((team) => [
        team.name,
        planOfTeam(team, cli.terminal),
        team.source,
        team.createdAt?.slice(0, 10) ?? '',
      ]);
      cli.terminal.print(renderTable(columns, rows));
    });
}
