import { listKeys, requireTeam, usageReport } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { keysTable } from '../output/keys-table.ts';
import { planOfTeam } from '../output/plan-of-team.ts';
import { usageTable } from '../output/usage-table.ts';

const examples = ({ program }: Invocation) => `
Example:
  ${program} teams show acme
`;

export function addTeamsShow(teams: Command, cli: Cli): void {
  teams
    .command('show')
    .description('one team: its plan, its keys and its usage')
    .argument('<team>', 'name of the team')
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async (name: string, { json }: { json?: boolean }) => {
      const { terminal, now } = cli;
      const deployment = await cli.deployment();
      const team = await requireTeam(deployment, name);
      const [keys, report] = await Promise.all([
        listKeys(deployment, name),
        usageReport(deployment, { team: name }),
      ]);
      if (json) {
        terminal.print(JSON.stringify({ ...team, keys, usage: report.usage }, null, 2));
        return;
      }
      const plan = team.plan === undefined ? '' : 'plan ';
      terminal.print(
        `${terminal.paint('bold', name)}: ${plan}${planOfTeam(team, terminal)}, ${team.source}\n`,
      );
      terminal.print(keys.length > 0 ? keysTable(keys, terminal, now()) : 'No keys.');
      terminal.print(`\n${usageTable(report.usage, terminal, now())}`);
    });
}
