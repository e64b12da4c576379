import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { diff } from '../deploy/diff.ts';
import { deployTools } from '../deploy/tools.ts';
import type { Invocation } from '../invocation.ts';
import { refuseLocal } from '../on-aws-only.ts';

const about = ({ program }: Invocation) => `
Compares the template of the config with what is deployed. Changes nothing.

Examples:
  ${program} diff
  ${program} diff --fail        for CI: ends with 1 where something differs
`;

export function addDiff(program: Command, cli: Cli): void {
  program
    .command('diff')
    .description('show what a deployment would change')
    .option('--fail', 'end with 1 where something would change')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ fail = false }: { fail?: boolean }) => {
      refuseLocal(program);
      await diff(await cli.config(), { fail }, deployTools(cli));
    });
}
