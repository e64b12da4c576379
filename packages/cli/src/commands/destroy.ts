import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { destroy } from '../deploy/destroy.ts';
import { deployTools } from '../deploy/tools.ts';
import type { Invocation } from '../invocation.ts';
import { refuseLocal } from '../on-aws-only.ts';
import { refuseStack } from '../own-stack-only.ts';

const about = ({ program }: Invocation) => `
Says what will stay, asks, and deletes the stack: API, functions, logs, alarms, and the keys of the config with their values.

Example:
  ${program} destroy --config trial.config.ts
`;

export function addDestroy(program: Command, cli: Cli): void {
  program
    .command('destroy')
    .description('delete the deployment of the config')
    .option('--yes', 'do not ask')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ yes = false }: { yes?: boolean }) => {
      refuseLocal(program);
      refuseStack(program, 'destroy');
      await destroy(await cli.config(), { yes }, deployTools(cli));
    });
}
