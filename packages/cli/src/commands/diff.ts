import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { diff } from '../deploy/diff.ts';
import { deployTools } from '../deploy/tools.ts';
import type { Invocation } from '../invocation.ts';
import { refuseLocal } from '../on-aws-only.ts';

const about = ({ program }: Invocation) => `
Compares the config's template with the deployed one. Changes nothing.

Examples:
  ${program} diff
  ${program} diff --fail        for CI: ends with 1 if something differs
`;

export function addDiff(program: Command, cli: Cli): void {
  program
    .command('diff')
    .description('show the changes of a deployment')
    .option('--fail', 'end with 1 if something would change')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ fail = false }: { fail?: boolean }) => {
      refuseLocal(program);
      await diff(await cli.config(), { fail }, deployTools(cli));
    });
}
