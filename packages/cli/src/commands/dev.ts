import type { Command } from 'commander';
import type { Cli, GlobalOptions } from '../cli.ts';
import { buildFunctions } from '../deploy/cdk.ts';
import type { Invocation } from '../invocation.ts';

const about = ({ program }: Invocation) => `
What npm start runs: the synthesized template on this machine, with a simulated Bedrock and a DynamoDB in memory. The
other commands work on it with --local.

Examples:
  ${program} dev
  PORT=8080 ${program} dev --config my.config.ts
`;

export function addDev(program: Command, cli: Cli): void {
  program
    .command('dev')
    .description('run the config on this machine')
    .option('--once', 'ask one question, and exit')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ once }: { once?: boolean }) => {
      await buildFunctions();
      const { config } = program.opts<GlobalOptions>();
      // Started, and not imported: the simulators are built on the command line.
      const start = new URL('../../../local/src/start.ts', import.meta.url);
      const args = [...(once ? ['--once'] : []), ...(config === undefined ? [] : ['--config', config])];
      // It is a program, and reads its own arguments.
      process.argv = [process.execPath, start.pathname, ...args];
      await import(start.href);
    });
}
