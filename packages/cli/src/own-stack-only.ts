import type { Command } from 'commander';
import type { GlobalOptions } from './cli.ts';
import { CliError } from './cli-error.ts';
import { quoted } from './invocation.ts';

/**
 * A config that is deployed over the stack of another CDK app would delete everything else in it.
 *
 * @param command The CDK's command of the same name does it for that app.
 * @throws {CliError} If the command was called with `--stack`.
 */
export function refuseStack(program: Command, command: 'deploy' | 'destroy' | 'diff' | 'synth'): void {
  const { stack } = program.opts<GlobalOptions>();
  if (stack === undefined) return;
  throw new CliError(
    `${command} works on the config's own stack only, and --stack names a stack of your own CDK app.`,
    `Leave --stack out, or run this in your app: npx cdk ${command} ${quoted(stack)}`,
  );
}
