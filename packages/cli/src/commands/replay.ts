import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { limitsUnder, type Replay, replay, requestLinesOf } from '@org/admin';
import { loadProxyConfig } from '@org/infra/config';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { checkMonth, presentMonth, rangeOfMonth } from '../month.ts';
import { replaySummary, replayTable } from '../output/replay-table.ts';

const about = ({ program }: Invocation) => `
Runs the limits of another config over the calls of a month, as the log has them: each holds what it held, and is
charged what it was charged. Says which teams would have been refused, when, by which limit, and how much less would
have been spent. Changes nothing.

Calls that a limit refused in that month are not replayed, because the log does not have what they needed. Callers that
are refused behave differently: they try again, or ask for less. API Gateway's quota and throttle, and maxTokens of the
plans, are not replayed.

The log is read from CloudWatch, with --local from the gateway, which keeps its last 20,000 lines, or from a file of its
lines, as npm start -- --log json 2> FILE writes. With a file, keys' own limits, plans made at run time and limits set at run time
are known only of the gateway of --local.

Examples:
  ${program} replay --plan new.config.ts --month 2026-10
  ${program} replay --plan new.config.ts --month 2026-10 --json | jq '.teams[] | {team, refused}'
  ${program} replay --plan new.config.ts --log requests.jsonl
`;

interface Options {
  /** A config file. */
  readonly plan: string;
  readonly month?: string;
  /** A file of lines; `-` for standard input. */
  readonly log?: string;
  readonly json?: boolean;
}

export function addReplay(program: Command, cli: Cli): void {
  program
    .command('replay')
    .description('what another config would have refused and saved in a month')
    .requiredOption('--plan <file>', 'the config whose plans, teams and limits decide')
    .option('--month <month>', 'a month such as 2026-10 (default: the present one)')
    .option('--log <file>', 'lines of the log, or - for standard input (default: read from CloudWatch)')
    .option('--json', 'print JSON')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ plan, month: given, log, json }: Options) => {
      const { terminal } = cli;
      const config = await loadProxyConfig(plan);
      const { timeZone } = config;
      const month = given ?? presentMonth(cli.now(), timeZone);
      checkMonth(month, cli.now(), timeZone);
      // Without a deployment, a file needs no AWS account.
      const deployment = log === undefined || cli.isLocal() ? await cli.deployment() : undefined;
      const limits = deployment ? await limitsUnder(deployment, config) : { config };
      const lines =
        log === undefined
          ? requestLinesOf(await cli.deployment(), rangeOfMonth(month, timeZone))
          : linesOf(log);
      const replayed = await replay(lines, { ...limits, month });
      if (json) terminal.print(JSON.stringify(replayed, null, 2));
      else describe(replayed, { plan, timeZone }, cli);
    });
}

function describe(
  replayed: Replay,
  { plan, timeZone }: { readonly plan: string; readonly timeZone: string },
  { terminal }: Cli,
): void {
  const { month, calls, first, last, refusedThen, unpriced } = replayed;
  if (calls === 0) {
    throw new CliError(
      `The log has no calls of ${month}.`,
      'CloudWatch deletes lines after logRetentionDays. Choose another month, or give --log.',
    );
  }
  terminal.print(`${month} ${timeZone}, under ${plan}: calls from ${first} to ${last}\n`);
  terminal.print(replayTable(replayed.teams));
  terminal.print(`\n${replaySummary(replayed)}`);
  if (refusedThen > 0) {
    terminal.note(
      `\nNot replayed: ${refusedThen} calls that a limit refused then. The log does not have what they needed.`,
    );
  }
  if (unpriced > 0) {
    terminal.note(`\n${unpriced} calls had no price, so limits in USD count nothing for them.`);
  }
}

/** @param file Relative to where npm was run. */
async function* linesOf(file: string): AsyncIterable<string> {
  if (file === '-') {
    yield* createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
    return;
  }
  const opened = await open(resolve(process.env['INIT_CWD'] ?? '.', file)).catch((error: Error) => {
    throw new CliError(`${file} cannot be read: ${error.message}.`, 'Give a file of log lines.');
  });
  yield* opened.readLines();
}
