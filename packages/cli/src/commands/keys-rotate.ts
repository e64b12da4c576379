import { type Replaced, rotateKey } from '@org/admin';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { formatDuration, parseDuration } from '../output/duration.ts';
import { printNewKey } from '../output/new-key.ts';
import { disabledWithin, refusedWithin } from '../output/refused-within.ts';

const defaultOverlap = '24h';

/** The functions need as long to notice the end. */
const shortestOverlapMs = 60_000;

const examples = ({ program }: Invocation) => `
The new key has the same team and limits. The old one works until the overlap is over, so that callers can change over;
a leaked key is rotated with --now. To end an overlap early: ${program} keys revoke NAME --replaced

A key of the config is replaced by one made here, NAME-2 or the name of --as. The old one works until you write
"enabled: false" for it in the config and deploy, or until you rotate either key with --now.

Examples:
  ${program} keys rotate acme-app
  ${program} keys rotate acme-app --overlap 2h
  ${program} keys rotate acme-app --now --yes
`;

interface Options {
  readonly overlap: string;
  readonly now?: boolean;
  readonly as?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function addKeysRotate(keys: Command, cli: Cli): void {
  keys
    .command('rotate')
    .description('replace a key, and show the new value once')
    .argument('<key>', 'name of the key')
    .option('--overlap <duration>', 'how long the old key goes on working, such as 2h or 7d', defaultOverlap)
    .addOption(
      new Option('--now', 'end the old key and keys of earlier rotations at once').conflicts('overlap'),
    )
    .option('--as <name>', 'name of the new key, for a key of the config')
    .option('--yes', 'do not ask, with --now')
    .option('--json', 'print JSON, with the value')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async (name: string, { overlap, now, as, yes, json }: Options) => {
      const wanted = now ? 'now' : parseOverlap(overlap);
      const deployment = await cli.deployment();
      const target = await cli.target();
      if (now && !yes) {
        await cli.terminal.confirm(
          `Replace ${name} in ${target}, and end the old key at once? This cannot be undone.`,
        );
      }
      const { key, replaced } = await rotateKey(deployment, { name, overlap: wanted, as });
      printNewKey(cli, key, json, { replaced });
      cli.terminal.note(`The new key is ${key.name}, for the team ${key.team} in ${target}.`);
      for (const old of replaced) cli.terminal.note(describe(old, cli.now()));
    });
}

function parseOverlap(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) {
    throw new CliError(`"${text}" is not a duration.`, 'Use a form such as 90m, 2h, 7d or 1d12h.');
  }
  if (milliseconds < shortestOverlapMs) {
    throw new CliError(`The overlap ${text} is too short.`, 'Give it at least 60s, or use --now.');
  }
  return milliseconds;
}

function describe({ name, source, endsAt, disabled }: Replaced, now: number): string {
  if (source === 'config') {
    const follow = `In the config, replace it with { name: '${name}', enabled: false } and deploy.`;
    return disabled
      ? `The old key ${name} is disabled. ${disabledWithin} ${follow} Otherwise a later deployment can enable it again.`
      : `The old key ${name} is in the config, and works until the config disables it. ${follow}`;
  }
  if (disabled) {
    return `The old key ${name} has ended, and so have those of earlier rotations. ${refusedWithin}`;
  }
  const left = Date.parse(endsAt ?? '') - now;
  return left > 0
    ? `The old key ${name} works until ${endsAt}, for ${formatDuration(left)}, and is refused from then on.`
    : `The old key ${name} had ended already.`;
}
