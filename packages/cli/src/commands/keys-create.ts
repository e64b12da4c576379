import { createKey, limitsText, reviewLimits } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { parseLimits, repeated } from '../limits-option.ts';
import { parseEnd } from '../moment.ts';
import { describeFindings } from '../output/findings.ts';
import { printNewKey } from '../output/new-key.ts';

const examples = ({ program }: Invocation) => `
--limit adds the key's own limits to its team's.

Examples:
  ${program} keys create acme-app --team acme
  ${program} keys create acme-shop --team acme --owner ann@example.com --note 'the web shop'
  ${program} keys create acme-intern --team acme --limit requests/day=20 --limit usd/month=0.10
  ${program} keys create acme-trial --team acme --expires 2030-12-31
  ${program} keys create acme-app --team acme | aws secretsmanager create-secret --name acme-app --secret-string file:///dev/stdin
`;

interface Options {
  readonly team?: string;
  readonly limit?: readonly string[];
  readonly owner?: string;
  readonly note?: string;
  readonly expires?: string;
  readonly json?: boolean;
}

export function addKeysCreate(keys: Command, cli: Cli): void {
  keys
    .command('create')
    .description('make a key for a team, and show its value once')
    .argument('<key>', 'name of the key; no other key may have it')
    .option('--team <team>', 'team of the key (required)')
    .option(
      '--limit <limit>',
      'its own limit, such as requests/minute=20, tokens/month=50000, usd/month=0.10 or callsAtOnce=3; may be repeated',
      repeated,
    )
    .option('--owner <owner>', 'who answers for it, such as a mail address; keys list shows it')
    .option('--note <text>', 'what it is for; keys list shows it')
    .option('--expires <when>', 'when it ends: a day, at its end, or a time, or a duration such as 90d')
    .option('--json', 'print JSON, with the value')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async (name: string, { team, limit, owner, note, expires, json }: Options, command: Command) => {
      // A requiredOption would be missed before an option that is misspelt is named.
      if (team === undefined) command.error("error: required option '--team <team>' not specified");
      const limits = limit && parseLimits(limit);
      const { timeZone } = await cli.config();
      const end = expires === undefined ? undefined : parseEnd(expires, cli.now(), timeZone);
      const expiry = end === undefined ? undefined : Math.floor(end / 1000);
      const deployment = await cli.deployment();
      const key = await createKey(deployment, { name, team, limits, owner, note, expiry });
      printNewKey(cli, key, json);
      const own = limits ? `, and its own: ${limitsText(limits)}` : '';
      cli.terminal.note(
        `Made the key ${name} for the team ${team} in ${await cli.target()}. It has the limits of the plan ${key.plan}${own}.${end === undefined ? '' : ` It ends at ${new Date(end).toISOString()}.`}`,
      );
      if (!limits) return;
      const { withoutEffect, findings } = await reviewLimits(
        deployment,
        { team, key: name, plan: key.plan, scope: { kind: 'key', id: key.id } },
        limits,
        (kind, period) => `--limit ${kind}/${period}`,
      );
      if (withoutEffect) {
        cli.terminal.note(
          `Its own limit ${limitsText(withoutEffect)} will never be reached: the plan ${key.plan} allows the whole team no more than that.`,
        );
      }
      if (findings.length > 0) {
        cli.terminal.note(describeFindings(findings, cli.terminal, cli.invocation));
      }
    });
}
