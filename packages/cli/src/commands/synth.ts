import { relative } from 'node:path';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { buildAndSynthesize } from '../deploy/tools.ts';
import type { Invocation } from '../invocation.ts';
import { refuseStack } from '../own-stack-only.ts';

const about = ({ program }: Invocation) => `
Writes the template into cdk.out beside the config, and checks it with the schemas of CloudFormation, cdk-nag and the
proxy's own rules. Needs neither network nor AWS account.

Example:
  ${program} synth --config prod.config.ts
`;

export function addSynth(program: Command, cli: Cli): void {
  program
    .command('synth')
    .description('write the CloudFormation template of the config, and check it')
    .option('--json', 'print JSON')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ json }: { json?: boolean }) => {
      refuseStack(program, 'synth');
      const synthesized = await buildAndSynthesize(await cli.config(), cli);
      const file = relative(process.env['INIT_CWD'] ?? '.', synthesized.templateFile);
      cli.terminal.print(json ? JSON.stringify(synthesized, null, 2) : `${synthesized.stackName}: ${file}`);
    });
}
