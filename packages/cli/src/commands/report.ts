import {
  type CostStatement,
  costInForce,
  daysOfMonth,
  nearestLimit,
  Statistics,
  type StatisticsReport,
  type Usage,
  usageReport,
} from '@org/admin';
import { dateOf, momentOf } from '@org/lambda/ledger/moment';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { checkMonth } from '../month.ts';
import { costHeadline } from '../output/cost-statement.ts';
import { daysTable, errorsTable, reportSummary, teamsTable } from '../output/report-tables.ts';
import { searchedText } from '../output/searched.ts';
import { usageTable } from '../output/usage-table.ts';

const about = ({ program }: Invocation) => `
What was spent, by day and team, how long calls took, and which requests failed or were refused: from the log, so of calls
that ended. What API Gateway refuses (unknown keys, its throttle and its quota) is not in that log. If today is among the days,
it also says who has used 80 % of a limit, and the most that a month can cost by the limits in force now.

CloudWatch charges about $0.005 for each GB of the log that it searches, and searches each day twice.

Examples:
  ${program} report
  ${program} report --month 2026-10
  ${program} report --team acme --from 2026-11-15
  ${program} report --json | jq '.days[] | {day, usd: .total.usd, p95: .latency.p95Ms}'
`;

/** Teams shown to people; the rest is summed up. */
const mostTeams = 10;

/** Used share of a limit. */
const near = 0.8;

interface Options {
  readonly month?: string;
  readonly from?: string;
  readonly to?: string;
  readonly team?: string;
  readonly json?: boolean;
}

export function addReport(program: Command, cli: Cli): void {
  program
    .command('report')
    .description('what was spent and refused, by day and team, and who is near a limit')
    .addOption(
      new Option('--month <month>', 'a month such as 2026-10 (default: the present one)').conflicts([
        'from',
        'to',
      ]),
    )
    .option('--from <day>', 'the first day (default: the first of this month)')
    .option('--to <day>', 'the last day (default: today)')
    .option('--team <team>', 'only one team')
    .option('--json', 'print JSON, with every team')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ month, from, to, team, json }: Options) => {
      const { terminal, now } = cli;
      const { timeZone } = await cli.config();
      const today = dateOf(momentOf(now(), timeZone));
      if (month !== undefined) checkMonth(month, now(), timeZone);
      const days =
        month === undefined
          ? { from: from ?? `${today.slice(0, 7)}-01`, to: to ?? today }
          : daysOfMonth(month);
      const deployment = await cli.deployment();
      const report = await new Statistics(deployment).over({
        ...days,
        team,
        ...(!json && { apart: mostTeams }),
      });
      const isPresent = days.from <= today && today <= days.to;
      const usage = isPresent ? (await usageReport(deployment, { team, keys: true })).usage : [];
      const nearLimit = usage
        .filter((each) => nearestLimit(each) >= near)
        .toSorted((one, other) => nearestLimit(other) - nearestLimit(one));
      const cost = isPresent ? costOf(await costInForce(deployment), team) : undefined;
      if (json) {
        terminal.print(JSON.stringify({ ...report, nearLimit, cost }, null, 2));
        return;
      }
      describe(report, { nearLimit, cost, keptDays: deployment.config.logRetentionDays }, cli);
    });
}

/** The whole statement, or one team's part of it. */
function costOf(statement: CostStatement, team: string | undefined): CostStatement {
  if (team === undefined) return statement;
  const teams = statement.teams.filter((each) => each.team === team);
  const [only] = teams;
  return { ...statement, teams, usd: only ? only.usd : 0, exact: only?.exact ?? true };
}

function describe(
  report: StatisticsReport,
  {
    nearLimit,
    cost,
    keptDays,
  }: {
    readonly nearLimit: readonly Usage[];
    readonly cost: CostStatement | undefined;
    readonly keptDays: number;
  },
  cli: Cli,
): void {
  const { terminal } = cli;
  const { deployment, from, to, timeZone, team, keptFrom, errors, teams, searchedBytes } = report;
  const whose = team === undefined ? '' : `, team ${team}`;
  terminal.print(`${terminal.paint('bold', deployment)}${whose}, ${from} to ${to} ${timeZone}\n`);
  terminal.print(`${reportSummary(report)}\n`);
  terminal.print(daysTable(report, terminal));
  if (team === undefined && teams.length > 0) terminal.print(`\n${teamsTable(report)}`);
  if (errors.length > 0) terminal.print(`\n${errorsTable(report)}`);
  if (nearLimit.length > 0) {
    terminal.print(`\nAt ${near * 100} % of a limit, or above:\n`);
    terminal.print(usageTable(nearLimit, terminal, cli.now(), { grouped: false }));
  }
  if (cost) {
    const of = team === undefined ? 'all teams' : `the team ${team}`;
    terminal.print(`\n${costHeadline(cost, `${of}, by the limits in force now`)}`);
  }
  const notes = [
    '\nThis counts calls that have ended, from the log. What API Gateway refuses by itself, such as wrong keys and throttled requests, is not in it.',
    ...(from < keptFrom
      ? [
          `The log keeps lines for ${keptDays} days (logRetentionDays), so calls before ${keptFrom} are missing.`,
        ]
      : []),
    ...searchedText(searchedBytes, cli),
  ];
  for (const note of notes) terminal.note(note);
}
