import { listKeys, requireTeam } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { keysTable } from '../output/keys-table.ts';

const examples = ({ program }: Invocation) => `
Never lists values. States:
  works for   works until its end, or that of its overlap if it was replaced
  ended       refused
  disabled    refused until it is enabled again
  incomplete  refused, because it was not finished or cannot be read: run its command again, or revoke it
  orphaned    refused, because its team is no longer in the config
Own limits are those in force; what an operator changed at run time is marked.

Examples:
  ${program} keys list --team acme
  ${program} keys list --json | jq '.[] | select(.state == "ending")'
`;

export function addKeysList(keys: Command, cli: Cli): void {
  keys
    .command('list')
    .description('all keys, without their values')
    .option('--team <team>', "only a team's keys")
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async ({ team, json }: { team?: string; json?: boolean }) => {
      const { terminal, now } = cli;
      const deployment = await cli.deployment();
      if (team !== undefined) await requireTeam(deployment, team);
      const keys = await listKeys(deployment, team);
      terminal.print(json ? JSON.stringify(keys, null, 2) : keysTable(keys, terminal, now()));
    });
}
