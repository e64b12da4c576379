import { fileURLToPath } from 'node:url';
import { installation } from '@org/installation';
import { type Command, Option } from 'commander';
import type { Cli, GlobalOptions } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';

const about = ({ program }: Invocation) => `
Runs the synthesized template on this machine, with a simulated Bedrock and a DynamoDB in memory. The other commands work
on it with --local. With --bedrock aws, calls cost money.

Examples:
  ${program} dev
  PORT=8080 ${program} dev --config my.config.ts
  ${program} dev --bedrock aws --data .data
`;

interface DevOptions {
  readonly once?: boolean;
  readonly bedrock?: string;
  readonly data?: string;
  readonly log?: string;
}

export function addDev(program: Command, cli: Cli): void {
  program
    .command('dev')
    .description('run the config on this machine')
    .option('--once', 'ask one question, and exit')
    .addOption(
      new Option('--bedrock <which>', 'which Bedrock answers; calls to aws cost money').choices([
        'aws',
        'simulated',
      ]),
    )
    .option('--data <directory>', 'keep usage and keys in this directory')
    .addOption(
      new Option('--log <format>', 'text: a line for each request; json: all that the functions log').choices(
        ['text', 'json'],
      ),
    )
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ once, ...kept }: DevOptions) => {
      const { config, stack } = program.opts<GlobalOptions>();
      if (stack !== undefined) {
        throw new CliError(
          "dev runs the config's own stack on this machine, and --stack names one of your own CDK app on AWS.",
          'Leave --stack out.',
        );
      }
      // Started, and not imported: the simulators are built on the command line.
      const { gateway } = installation;
      const values = Object.entries({ config, ...kept });
      const args = values.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
      // This program reads its own arguments.
      process.argv = [process.execPath, fileURLToPath(gateway), ...(once ? ['--once'] : []), ...args];
      await import(gateway.href);
    });
}
