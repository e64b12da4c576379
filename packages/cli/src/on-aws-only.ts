import type { Command } from 'commander';
import type { GlobalOptions } from './cli.ts';
import { CliError } from './cli-error.ts';

/** @throws {CliError} If the command was called with `--local`, which it cannot use. */
export function refuseLocal(program: Command): void {
  if (program.opts<GlobalOptions>().local === undefined) return;
  throw new CliError(
    'This command works on AWS only, not with --local.',
    ({ program }) => `Leave --local out. To run the config on this machine: ${program} dev`,
  );
}
