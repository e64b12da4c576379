import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { addKeysCreate } from './keys-create.ts';
import { addKeysDisable, addKeysEnable } from './keys-disable.ts';
import { addKeysExpire } from './keys-expire.ts';
import { addKeysList } from './keys-list.ts';
import { addKeysRevoke } from './keys-revoke.ts';
import { addKeysRotate } from './keys-rotate.ts';

const about = `
Callers send a key as the header x-api-key. Its value is shown once, when it is made: on standard output, alone, so that
it can be piped to a secret store.
`;

export function addKeys(program: Command, cli: Cli): void {
  const keys = program
    .command('keys')
    .description('give out keys, replace and revoke them')
    .addHelpText('after', about);
  for (const add of [
    addKeysList,
    addKeysCreate,
    addKeysExpire,
    addKeysRotate,
    addKeysDisable,
    addKeysEnable,
    addKeysRevoke,
  ])
    add(keys, cli);
}
