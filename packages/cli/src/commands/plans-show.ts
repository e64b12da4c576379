import { requirePlan } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';

const examples = ({ program }: Invocation) => `
Edit what it prints, and give it to "plans set", or to "plans create" for another plan.

Examples:
  ${program} plans show gold > gold.json
  ${program} plans set gold --from gold.json
`;

export function addPlansShow(plans: Command, cli: Cli): void {
  plans
    .command('show')
    .description('a plan as JSON, as in the config')
    .argument('<plan>', 'name of the plan')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async (name: string) => {
      cli.terminal.print(JSON.stringify(await requirePlan(await cli.deployment(), name), null, 2));
    });
}
