import { setExpiry } from '@org/admin';
import { believedForMs } from '@org/table';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { parseEnd } from '../moment.ts';

const examples = ({ program }: Invocation) => `
From its end on, the key is refused. A rotated key hands its end on to the new one. A replaced key ends with
its overlap.

Examples:
  ${program} keys expire acme-app 2030-12-31
  ${program} keys expire acme-app 90d
  ${program} keys expire acme-app never
`;

export function addKeysExpire(keys: Command, cli: Cli): void {
  keys
    .command('expire')
    .description('give a key an end, or another one')
    .argument('<key>', 'name of the key')
    .argument('<when>', 'a day, at its end, or a time, or a duration from now such as 90d; or never')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async (name: string, when: string) => {
      const { timeZone } = await cli.config();
      const at = when === 'never' ? undefined : parseEnd(when, cli.now(), timeZone);
      const changed = await setExpiry(await cli.deployment(), name, at);
      const state = at === undefined ? 'has no end' : `ends at ${new Date(at).toISOString()}`;
      const follow = changed
        ? ` New calls see this within ${believedForMs / 1000} seconds.`
        : ' It did before.';
      cli.terminal.note(`The key ${name} in ${await cli.target()} ${state}.${follow}`);
    });
}
