import {
  type ChangedLimits,
  changeLimits,
  type LimitSubject,
  type LimitsChange,
  limitNameText,
  limitsText,
  reviewLimits,
} from '@org/admin';
import { type Limits, limitKinds, limitPeriods } from '@org/contract';
import { believedForMs, type LimitName, limitNames } from '@org/table';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { parseLimits, repeated } from '../limits-option.ts';
import { parseEnd } from '../moment.ts';
import { describeFindings } from '../output/findings.ts';
import {
  addSubjectOptions,
  forJson,
  memberOf,
  nameOfSubject,
  type SubjectOptions,
} from './limits-subject.ts';

interface Options extends SubjectOptions {
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
  ${program} limits set --team acme --person 8a6f2c1e --limit usd/day=2
  ${program} limits set --team acme --model nova-pro --limit usd/month=20
`,
    change: ({ limit }) => ({ action: 'set', limits: parseLimits(required(limit), { none: true }) }),
  },
  raise: {
    description: 'raise limits, for good or for some time',
    limit: 'the higher limit, such as usd/day=50, or usd/day=none for no limit; may be repeated (required)',
    examples: ({ program }) => `
Until then, the limit is never lower than that of the config. A limit that is not higher than the present one is refused.

Examples:
  ${program} limits raise --team acme --limit usd/day=50 --until 8h
  ${program} limits raise --key acme-app --limit requests/day=5000 --until 2030-12-31
  ${program} limits raise --team acme --customer shop-17 --limit callsAtOnce=20
`,
    change: ({ limit, until }, endOf) => ({
      action: 'raise',
      limits: parseLimits(required(limit), { none: true }),
      until: until === undefined ? undefined : endOf(until),
    }),
  },
  clear: {
    description: 'go back to the limits of the config, or to those that the key was made with',
    limit: 'only this limit, such as usd/day or callsAtOnce; may be repeated (default: all)',
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
    const command = addSubjectOptions(limits.command(action).description(description))
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
      if (options.json) {
        const { from, to } = changed;
        const said = { ...forJson(changed.subject), changed: changed.changed, from, to };
        cli.terminal.print(JSON.stringify(said, null, 2));
      }
      cli.terminal.note(await describe(changed, wanted, cli));
      const { withoutEffect, findings } = await reviewLimits(deployment, changed.subject, changed.to);
      if (withoutEffect && wanted.action !== 'clear') {
        cli.terminal.note(
          `The key's own limit ${limitsText(withoutEffect)} will never be reached: the team ${changed.subject.team} has no more than that for all its keys.`,
        );
      }
      if (findings.length > 0) cli.terminal.note(describeFindings(findings, cli.terminal, cli.invocation));
    });
  }
}

async function describe(
  { subject, changed, from, to }: ChangedLimits,
  change: LimitsChange,
  cli: Cli,
): Promise<string> {
  const name = nameOfSubject(subject);
  const whose = name === undefined ? `the team ${subject.team}` : `the ${name} of the team ${subject.team}`;
  const place = `${whose} in ${await cli.target()}`;
  if (!changed) return `Nothing to change: ${place} already has ${textOf(to)}.`;
  const until =
    change.action === 'raise' && change.until !== undefined
      ? ` until ${new Date(change.until).toISOString()}`
      : '';
  return `The limits of ${place} were ${textOf(from)}, and are ${textOf(to)}${until}. New calls see this within ${believedForMs / 1000} seconds.`;
}

function textOf(limits: Limits | undefined): string {
  return (limits && limitsText(limits)) || 'no limits';
}

/** @throws {CliError} If neither a team nor a key is given, or both. */
function subjectOf({ team, key, ...options }: Options): LimitSubject {
  const member = memberOf(options);
  if (team !== undefined && key === undefined) return { team, member };
  if (key !== undefined && team === undefined && !member) return { key };
  if (member && team === undefined) {
    throw new CliError(`--${member.kind} needs a team.`, 'Add --team NAME.');
  }
  throw new CliError(
    team === undefined ? 'No team or key was given.' : 'A team and a key were given.',
    'Give one of --team NAME and --key NAME.',
  );
}

function required(limits: readonly string[] | undefined): readonly string[] {
  if (limits) return limits;
  throw new CliError('There is no limit to change.', 'Give it with --limit, such as --limit usd/day=20.');
}

function nameOf(text: string): LimitName {
  const name = limitNames.find((each) => limitNameText(each) === text);
  if (name) return name;
  throw new CliError(
    `"${text}" is not the name of a limit.`,
    `Use callsAtOnce, or KIND/PERIOD. KIND is one of ${limitKinds.join(', ')}; PERIOD is one of ${limitPeriods.join(', ')}.`,
  );
}
