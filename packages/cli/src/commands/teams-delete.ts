import { checkDeletable, deleteTeam, keyNamesOf } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { refusedWithin } from '../output/refused-within.ts';

const examples = ({ program }: Invocation) => `
Usage stays counted: a new team of the same name continues from it.

Example:
  ${program} teams delete acme --yes
`;

export function addTeamsDelete(teams: Command, cli: Cli): void {
  teams
    .command('delete')
    .description('revoke all keys of a team, and delete the team')
    .argument('<team>', 'name of the team')
    .option('--yes', 'do not ask')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async (name: string, { yes }: { yes?: boolean }) => {
      const deployment = await cli.deployment();
      const target = await cli.target();
      const keys = await keyNamesOf(deployment, name);
      if (!yes) {
        await checkDeletable(deployment, name);
        const what = keys.length === 0 ? 'It has no keys' : `These keys stop working: ${keys.join(', ')}`;
        await cli.terminal.confirm(`Delete the team ${name} in ${target}? ${what}.`);
      }
      await deleteTeam(deployment, name);
      const refused = keys.length > 0 ? ` ${refusedWithin}` : '';
      cli.terminal.note(
        `The team ${name} in ${target} is deleted.${refused}\nIts usage stays counted: a new team of the same name continues from it.`,
      );
    });
}
