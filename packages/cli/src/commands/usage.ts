import { type Usage, usageReport } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { usageTable } from '../output/usage-table.ts';

const examples = ({ program }: Invocation) => `
Read from the counters that decide about calls; a call in flight counts with the most that it can cost. Days and months
are UTC. Counters are kept for 400 days from the start of their month. API Gateway's own quota of each key, which counts
refused calls too, is not among them.

Examples:
  ${program} usage
  ${program} usage --team acme
  ${program} usage --month 2026-10 --json | jq '.usage[] | {team, usd: .used.month.usd}'
`;

interface Options {
  readonly team?: string;
  readonly month?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

export function addUsage(program: Command, cli: Cli): void {
  program
    .command('usage')
    .description('who used what, and how much is left')
    .option('--team <team>', 'one team, with those of its keys that have limits of their own')
    .option('--month <month>', 'a month such as 2026-10 (default: the present one)')
    .option('--all', 'teams that used nothing, too')
    .option('--json', 'print JSON, of all teams')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async ({ team, month, all, json }: Options) => {
      const { terminal, now } = cli;
      if (month !== undefined) checkMonth(month, now());
      const report = await usageReport(await cli.deployment(), { team, month });
      if (json) {
        terminal.print(JSON.stringify(report, null, 2));
        return;
      }
      const shown = all || team !== undefined ? report.usage : report.usage.filter(isTold);
      const hidden = report.usage.length - shown.length;
      terminal.print(`${report.deployment}, ${report.day ?? report.month} UTC\n`);
      if (shown.length > 0) {
        terminal.print(usageTable(shown, terminal, now()));
        terminal.note(
          "\nNot shown: API Gateway's own quota of each key, which counts every request, refused ones too.",
        );
      }
      if (hidden > 0) terminal.note(`Teams that used nothing: ${hidden} (--all shows them).`);
    });
}

/** Whether it used something, or nobody knows. */
function isTold({ counted, inconsistent, used }: Usage): boolean {
  return !counted || inconsistent === true || Object.values(used.month ?? {}).some((amount) => amount > 0);
}

function checkMonth(month: string, now: number): void {
  const start = /^\d{4}-(?:0[1-9]|1[0-2])$/.test(month) ? Date.parse(`${month}-01T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(start) && start <= now) return;
  throw new CliError(
    Number.isNaN(start) ? `"${month}" is not a month.` : `${month} has not begun.`,
    'Use YYYY-MM, up to the present month, such as 2026-10.',
  );
}
