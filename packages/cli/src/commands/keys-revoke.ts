import { findRevocable, revokeKey } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { refusedWithin } from '../output/refused-within.ts';

const examples = ({ program }: Invocation) => `
The key and its value are gone for good. A key that leaked while it is in use is better rotated: keys rotate NAME --now

Examples:
  ${program} keys revoke acme-app
  ${program} keys revoke acme-app --replaced --yes
`;

interface Options {
  readonly replaced?: boolean;
  readonly yes?: boolean;
}

export function addKeysRevoke(keys: Command, cli: Cli): void {
  keys
    .command('revoke')
    .description('refuse a key from now on')
    .argument('<key>', 'name of the key')
    .option('--replaced', 'only the old keys that a rotation left working')
    .option('--yes', 'do not ask')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async (name: string, { replaced, yes }: Options) => {
      const { terminal } = cli;
      const deployment = await cli.deployment();
      const target = await cli.target();
      const options = { name, replacedOnly: replaced };
      if (!yes) {
        await findRevocable(deployment, options);
        await terminal.confirm(
          `Revoke ${replaced ? 'the replaced keys of ' : ''}${name}, of ${target}? It cannot be undone.`,
        );
      }
      const { ids, configId } = await revokeKey(deployment, options);
      if (ids.length > 0) {
        const those = `(${ids.join(', ')}), of ${target}. ${refusedWithin}`;
        terminal.note(
          replaced
            ? `Revoked what ${name} had replaced ${those} The key ${name} itself is untouched.`
            : `Revoked ${name} ${those}`,
        );
      }
      if (configId !== undefined) terminal.note(disabledInPlace(name, target));
      if (ids.length === 0 && configId === undefined) {
        terminal.note(
          replaced
            ? `Nothing is left of what ${name} had replaced, of ${target}. The key ${name} itself is untouched.`
            : `There was nothing left to revoke of ${name}, of ${target}.`,
        );
      }
    });
}

function disabledInPlace(name: string, target: string): string {
  return (
    `The key ${name} of the config, of ${target}, is disabled: API Gateway refuses it as soon as it has spread the word, which can take minutes.\n` +
    `Write { name: '${name}', enabled: false } in its place in the config, and deploy. Else the next change to the key enables it again.`
  );
}
