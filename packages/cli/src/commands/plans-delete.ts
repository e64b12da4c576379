import { deletePlan } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';

const examples = ({ program }: Invocation) => `
A plan that a team is on is not deleted. If the config has a plan with this name by now, its teams' keys move to that one.

Example:
  ${program} plans delete gold --yes
`;

export function addPlansDelete(plans: Command, cli: Cli): void {
  plans
    .command('delete')
    .description('delete a plan made at run time')
    .argument('<plan>', 'name of the plan')
    .option('--yes', 'do not ask')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async (name: string, { yes }: { yes?: boolean }) => {
      const deployment = await cli.deployment();
      const target = await cli.target();
      if (!yes) await cli.terminal.confirm(`Delete the plan ${name} in ${target}?`);
      await deletePlan(deployment, name);
      cli.terminal.note(`The plan ${name} in ${target} is deleted.`);
    });
}
