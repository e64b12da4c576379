import type { Command } from 'commander';
import type { Cli, GlobalOptions } from '../cli.ts';
import { buildFunctions } from '../deploy/cdk.ts';

const about = `
What npm start runs: the synthesized template on this machine, with a simulated Bedrock and a DynamoDB in memory. The
other commands work on it with --local.

Examples:
  pnpm proxy dev
  PORT=8080 pnpm proxy dev --config my.config.ts
`;

export function addDev(program: Command, _cli: Cli): void {
  program
    .command('dev')
    .description('run the config on this machine')
    .option('--once', 'ask one question, and exit')
    .addHelpText('after', about)
    .action(async ({ once }: { once?: boolean }) => {
      await buildFunctions();
      const { config } = program.opts<GlobalOptions>();
      const start = new URL('../../local/start.ts', import.meta.url);
      const args = [...(once ? ['--once'] : []), ...(config === undefined ? [] : ['--config', config])];
      // It is a program, and reads its own arguments.
      process.argv = [process.execPath, start.pathname, ...args];
      await import(start.href);
    });
}
