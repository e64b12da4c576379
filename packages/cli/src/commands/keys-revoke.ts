import { findRevocable, revokeKey } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { disabledWithin, refusedWithin } from '../output/refused-within.ts';

const examples = ({ program }: Invocation) => `
The key and its value are gone for good. If a leaked key is in use, rotate it instead: keys rotate NAME --now

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
          `Revoke ${replaced ? 'the replaced keys of ' : ''}${name} in ${target}? This cannot be undone.`,
        );
      }
      const { ids, configId } = await revokeKey(deployment, options);
      if (ids.length > 0) {
        const those = `(${ids.join(', ')}) in ${target}. ${refusedWithin}`;
        terminal.note(
          replaced
            ? `Revoked the keys that ${name} replaced ${those} The key ${name} itself still works.`
            : `Revoked ${name} ${those}`,
        );
      }
      if (configId !== undefined) terminal.note(disabledInPlace(name, target));
      if (ids.length === 0 && configId === undefined) {
        terminal.note(
          replaced
            ? `${name} has no replaced keys left in ${target}. The key ${name} itself still works.`
            : `Nothing was left to revoke of ${name} in ${target}.`,
        );
      }
    });
}

function disabledInPlace(name: string, target: string): string {
  return (
    `The key ${name} of the config is disabled in ${target}. ${disabledWithin}\n` +
    `In the config, replace it with { name: '${name}', enabled: false } and deploy. Otherwise a later deployment can enable it again.`
  );
}
