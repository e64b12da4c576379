import {
  type ChangedLimits,
  changeLimits,
  checkSizes,
  type LimitName,
  type LimitSubject,
  type LimitsChange,
  limitsText,
} from '@org/admin';
import { type Limits, limitKinds, limitPeriods } from '@org/contract';
import { believedForMs } from '@org/table';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { parseLimits, repeated } from '../limits-option.ts';
import { parseEnd } from '../moment.ts';
import { describeFindings } from '../output/findings.ts';

interface Options {
  readonly team?: string;
  readonly key?: string;
  readonly limit?: readonly string[];
  readonly until?: string;
  readonly json?: boolean;
}

/** The commands that change limits. They differ in the change that their options ask for. */
const commands: Readonly<
  Record<
    LimitsChange['action'],
    {
      readonly description: string;
      readonly limit: string;
      readonly examples: (invocation: Invocation) => string;
      readonly change: (options: Options, endOf: (text: string) => number) => LimitsChange;
    }
  >
> = {
  set: {
    description:
      'replace limits of the config by others, until they are cleared; other limits stay as they are',
    limit:
      'the new limit, such as usd/day=20 or callsAtOnce=5, or usd/day=none for no limit; may be repeated (required)',
    examples: ({ program }) => `
A change of the config does not end it: "limits list" shows both. A key's limits are also those of the keys that it replaced.

Examples:
  ${program} limits set --team acme --limit usd/day=20 --limit requests/day=1000
  ${program} limits set --key acme-intern --limit usd/month=none
`,
    change: ({ limit }) => ({ action: 'set', limits: parseLimits(required(limit), { none: true }) }),
  },
  raise: {
    description: 'raise limits, for good or until a moment',
    limit: 'the higher limit, such as usd/day=50, or usd/day=none for no limit; may be repeated (required)',
    examples: ({ program }) => `
Until then, the limit is never lower than that of the config. A limit that is not higher than the present one is refused.

Examples:
  ${program} limits raise --team acme --limit usd/day=50 --until 8h
  ${program} limits raise --key acme-app --limit requests/day=5000 --until 2026-12-31
`,
    change: ({ limit, until }, endOf) => ({
      action: 'raise',
      limits: parseLimits(required(limit), { none: true, atOnce: false }),
      until: until === undefined ? undefined : endOf(until),
    }),
  },
  clear: {
    description: 'go back to the limits of the config, or to those that the key was made with',
    limit: 'only this limit, such as usd/day; may be repeated (default: all)',
    examples: ({ program }) => `
Examples:
  ${program} limits clear --team acme
  ${program} limits clear --key acme-app --limit requests/day
`,
    change: ({ limit }) => ({ action: 'clear', only: limit?.map(nameOf) }),
  },
};

export function addLimitsChange(limits: Command, cli: Cli): void {
  for (const action of ['set', 'raise', 'clear'] as const) {
    const { description, limit, examples, change } = commands[action];
    const command = limits
      .command(action)
      .description(description)
      .option('--team <team>', 'the limits of a team')
      .option('--key <key>', "a key's own limits")
      .option('--limit <limit>', limit, repeated)
      .option('--json', 'print JSON')
      .addHelpText('after', () => examples(cli.invocation));
    if (action === 'raise') {
      command.option(
        '--until <when>',
        'when it ends: a day, at its end, or a time, or a duration such as 8h',
      );
    }
    command.action(async (options: Options) => {
      const subject = subjectOf(options);
      const { timeZone } = await cli.config();
      const wanted = change(options, (text) => parseEnd(text, cli.now(), timeZone));
      const deployment = await cli.deployment();
      const changed = await changeLimits(deployment, subject, wanted);
      const { key, team, plan } = changed.subject;
      if (options.json) {
        const { from, to } = changed;
        cli.terminal.print(JSON.stringify({ team, key, changed: changed.changed, from, to }, null, 2));
      }
      cli.terminal.note(await describe(changed, wanted, cli));
      if (changed.withoutEffect && wanted.action !== 'clear') {
        cli.terminal.note(
          `The key's own limit ${limitsText(changed.withoutEffect)} will never be reached: the team ${team} has no more than that for all its keys.`,
        );
      }
      if (!changed.to) return;
      const findings = checkSizes(deployment.config, plan, {
        subject: key === undefined ? { check: 'team', of: team } : { check: 'key', of: key },
        limits: changed.to,
        nameOf: (kind, period) => `${kind}/${period}`,
      });
      if (findings.length > 0) cli.terminal.note(describeFindings(findings, cli.terminal, cli.invocation));
    });
  }
}

async function describe(
  { subject: { team, key }, changed, from, to }: ChangedLimits,
  change: LimitsChange,
  cli: Cli,
): Promise<string> {
  const whose = key === undefined ? `the team ${team}` : `the key ${key} of the team ${team}`;
  const place = `${whose} in ${await cli.target()}`;
  if (!changed) return `Nothing was to be changed: ${place} has ${textOf(to)}.`;
  const until =
    change.action === 'raise' && change.until !== undefined
      ? ` until ${new Date(change.until).toISOString()}`
      : '';
  return `The limits of ${place} were ${textOf(from)}, and are ${textOf(to)}${until}. Calls follow within ${believedForMs / 1000} seconds.`;
}

function textOf(limits: Limits | undefined): string {
  return (limits && limitsText(limits)) || 'no limits';
}

/** @throws {CliError} If not exactly one of team and key is given. */
function subjectOf({ team, key }: Options): LimitSubject {
  if (team !== undefined && key === undefined) return { team };
  if (key !== undefined && team === undefined) return { key };
  throw new CliError(
    team === undefined ? 'It is not said whose limits to change.' : 'A team and a key were given.',
    'Give one of --team NAME and --key NAME.',
  );
}

function required(limits: readonly string[] | undefined): readonly string[] {
  if (limits) return limits;
  throw new CliError('There is no limit to change.', 'Give it with --limit, such as --limit usd/day=20.');
}

function nameOf(text: string): LimitName {
  const [kind, name] = text.split('/');
  const limit = limitKinds.find((each) => each === kind);
  const period = limitPeriods.find((each) => each === name);
  if (limit && period) return { limit, period };
  throw new CliError(
    `"${text}" is not the name of a limit.`,
    `Use KIND/PERIOD. KIND is one of ${limitKinds.join(', ')}; PERIOD is one of ${limitPeriods.join(', ')}.`,
  );
}
