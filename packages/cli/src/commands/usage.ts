import { nearestLimit, type Usage, type UsageDimension, usageDimensions, usageReport } from '@org/admin';
import { limitKinds } from '@org/contract';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { checkMonth } from '../month.ts';
import { usageTable, usageTotal } from '../output/usage-table.ts';
import { printBreakdown } from './usage-by.ts';

const examples = ({ program }: Invocation) => `
Shows the counters that admit or refuse calls. A call in flight counts with its worst case. Days and months
are those of the config's timeZone. Counters are kept for 400 days from the start of their month. API Gateway's own quota of each key, which counts
refused calls too, is not shown.

With --by, adds up the log instead: every call that ended, of each key, with or without limits, by any of
${usageDimensions.join(', ')}. CloudWatch charges about $0.005 for each GB of the log that it searches, and keeps lines for
logRetentionDays.

Examples:
  ${program} usage
  ${program} usage --team acme
  ${program} usage --near 80
  ${program} usage --sort usd
  ${program} usage --by team,key,model,day --from 2026-11-01 --to 2026-11-30 --csv
  ${program} usage --by customer --team acme --sort usd
  ${program} usage --month 2026-10 --json | jq '.usage[] | {team, usd: .used.month.usd}'
`;

const orders = ['team', 'limit', ...limitKinds] as const;
export type Order = (typeof orders)[number];

interface Options {
  readonly team?: string;
  readonly month?: string;
  /** Used share of a limit, from 0 to 1. */
  readonly near?: number;
  readonly sort: Order;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly by?: readonly UsageDimension[];
  readonly from?: string;
  readonly to?: string;
  readonly csv?: boolean;
}

export function addUsage(program: Command, cli: Cli): void {
  program
    .command('usage')
    .description('what teams have used, and what is left of their limits')
    .option('--team <team>', 'one team, with its keys that have their own limits')
    .option('--month <month>', 'a month such as 2026-10 (default: the present one)')
    .option('--near <percent>', 'only teams and keys that have used this much of a limit', share)
    .addOption(
      new Option('--by <list>', `add up the log by some of ${usageDimensions.join(', ')}`)
        .argParser(dimensions)
        .conflicts(['month', 'near', 'all']),
    )
    .option('--from <day>', 'with --by: the first day (default: the first of this month)')
    .option('--to <day>', 'with --by: the last day (default: today)')
    .addOption(new Option('--csv', 'with --by: print CSV').conflicts('json'))
    .addOption(
      new Option('--sort <by>', 'by team, by the limit that is nearest, or by usage')
        .choices(orders)
        .default('team'),
    )
    .option('--all', 'teams that used nothing, too')
    .option('--json', 'print JSON, with teams that used nothing')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async (options: Options) => {
      const { team, month, near, sort, all, json, by } = options;
      const { terminal, now } = cli;
      if (by !== undefined) return printBreakdown(cli, { ...options, by });
      for (const name of ['from', 'to', 'csv'] as const) {
        if (options[name] !== undefined) {
          throw new CliError(`--${name} needs --by.`, 'Add it, such as --by team,day.');
        }
      }
      if (month !== undefined) checkMonth(month, now(), (await cli.config()).timeZone);
      const keys = near === undefined ? undefined : true;
      const report = await usageReport(await cli.deployment(), { team, month, keys });
      const usage = sorted(report.usage, sort).filter(
        (each) => near === undefined || nearestLimit(each) >= near,
      );
      if (json) {
        terminal.print(JSON.stringify({ ...report, usage }, null, 2));
        return;
      }
      const shown = all || team !== undefined || near !== undefined ? usage : usage.filter(hasUsage);
      terminal.print(`${report.deployment}, ${report.day ?? report.month} ${report.timeZone}\n`);
      if (shown.length > 0) {
        terminal.print(
          usageTable(shown, terminal, now(), { grouped: sort === 'team' && near === undefined }),
        );
        if (team === undefined && near === undefined)
          terminal.print(
            `\n${usageTotal(shown, report.day === undefined ? `in ${report.month}` : undefined)}`,
          );
        terminal.note(
          "\nNot shown: API Gateway's own quota of each key, which counts every request, refused ones too.",
        );
      }
      if (near !== undefined && shown.length === 0) {
        terminal.note(`No team or key has used ${near * 100} % of a limit.`);
      }
      const hidden = usage.length - shown.length;
      if (hidden > 0) terminal.note(`Teams that used nothing: ${hidden} (--all shows them).`);
    });
}

function dimensions(list: string): UsageDimension[] {
  return list.split(',').map((name) => {
    const found = usageDimensions.find((dimension) => dimension === name);
    if (found === undefined) {
      throw new InvalidArgumentError(`"${name}" is not one of ${usageDimensions.join(', ')}.`);
    }
    return found;
  });
}

/** Largest first, except for names. */
function sorted(usage: readonly Usage[], order: Order): readonly Usage[] {
  switch (order) {
    case 'team':
      return usage;
    case 'limit':
      return usage.toSorted((a, b) => nearestLimit(b) - nearestLimit(a));
    default:
      return usage.toSorted((a, b) => (b.used.month?.[order] ?? 0) - (a.used.month?.[order] ?? 0));
  }
}

function share(text: string): number {
  const percent = Number(text);
  if (!(percent > 0 && percent <= 100))
    throw new InvalidArgumentError('It must be a percentage, such as 80.');
  return percent / 100;
}

/** Whether it used something, or its usage is unknown. */
function hasUsage({ counted, inconsistent, used }: Usage): boolean {
  return !counted || inconsistent === true || Object.values(used.month ?? {}).some((amount) => amount > 0);
}
