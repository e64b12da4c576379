import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { deployTools } from '../deploy/tools.ts';
import { stackNameOf } from '../directory/deployment.ts';
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
    .action(async ({ fail }: { fail?: boolean }) => {
      refuseLocal(program);
      const config = await cli.config();
      const { directory } = await deployTools.synthesize(config);
      await deployTools.cdk(
        ['diff', stackNameOf(config), '--app', directory, ...(fail ? ['--fail'] : [])],
        config.region,
      );
    });
}
