import { setDisabled } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { disabledKeyWithin } from '../output/refused-within.ts';

const examples = {
  disable: ({ program }: Invocation) => `
The key keeps its value, its limits and its counts. A leaked key is rotated or revoked instead, because this can be undone. Keys
that it replaced are disabled too.

Example:
  ${program} keys disable acme-app
`,
  enable: ({ program }: Invocation) => `
A key that the config disables is enabled there.

Example:
  ${program} keys enable acme-app
`,
};

export function addKeysDisable(keys: Command, cli: Cli): void {
  keys
    .command('disable')
    .description('refuse a key until it is enabled again')
    .argument('<key>', 'name of the key')
    .addHelpText('after', () => examples.disable(cli.invocation))
    .action(async (name: string) => {
      const changed = await setDisabled(await cli.deployment(), name, true);
      const target = await cli.target();
      cli.terminal.note(
        changed
          ? `The key ${name} in ${target} is disabled. ${disabledKeyWithin}`
          : `The key ${name} in ${target} was disabled already.`,
      );
    });
}

export function addKeysEnable(keys: Command, cli: Cli): void {
  keys
    .command('enable')
    .description('let a disabled key in again')
    .argument('<key>', 'name of the key')
    .addHelpText('after', () => examples.enable(cli.invocation))
    .action(async (name: string) => {
      const changed = await setDisabled(await cli.deployment(), name, false);
      const target = await cli.target();
      cli.terminal.note(
        changed
          ? `The key ${name} in ${target} is enabled. API Gateway can take minutes to accept it everywhere.`
          : `The key ${name} in ${target} was not disabled at run time.`,
      );
    });
}
