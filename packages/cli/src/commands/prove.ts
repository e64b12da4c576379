import { writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { type ProofResult, prove } from '@org/admin';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { proofLine, proofReport, proofSummary } from '../output/proofs.ts';

const about = ({ program }: Invocation) => `
Calls every route and every API, causes every error, races 60 callers for a small limit, rotates and revokes keys. It
makes its own team, deletes it at the end, and spends at most --most-usd. Takes about two minutes. Exits with 1 if a
promise is broken.

Examples:
  ${program} prove --local
  ${program} prove --report proof.md
  ${program} prove --json | jq '.[] | select(.outcome != "holds")'
`;

interface Options {
  readonly plan?: string;
  readonly mostUsd: number;
  readonly report?: string;
  readonly json?: boolean;
}

export function addProve(program: Command, cli: Cli): void {
  program
    .command('prove')
    .description('show, on the deployment itself, that it keeps its promises')
    .option('--plan <plan>', 'plan of the team that it makes (default: the one with the cheapest model)')
    .option('--most-usd <usd>', 'the most that its calls may cost in all', positive, 0.05)
    .option('--report <file>', 'write a report in Markdown, with request ids')
    .option('--json', 'print JSON')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ plan, mostUsd, report, json }: Options) => {
      const { terminal } = cli;
      const deployment = await cli.deployment();
      const interrupted = new AbortController();
      const interrupt = () => {
        terminal.note('Interrupted: removing the team and its keys ...');
        interrupted.abort(new CliError('Interrupted.', 'Its team and keys are removed. Run this again.'));
      };
      process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
      const onResult = (result: ProofResult) => {
        if (!json) terminal.print(proofLine(result, terminal));
      };
      try {
        const { signal } = interrupted;
        const wait = (ms: number) => setTimeout(ms, undefined, { signal });
        const results = await prove(deployment, { plan, mostUsd, signal, wait, onResult });
        if (json) terminal.print(JSON.stringify(results, null, 2));
        if (report !== undefined) {
          await writeFile(report, proofReport(results, { deployment: deployment.name, at: cli.now() }));
        }
        if (!json) terminal.print(`\n${proofSummary(results)}`);
        const broken = results.filter(({ outcome }) => outcome === 'broken').length;
        if (broken > 0) {
          throw new CliError(
            `${broken} of ${results.length} promises are broken.`,
            'Look up the request ids in the log of the function.',
          );
        }
      } finally {
        process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      }
    });
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0, such as 0.05.');
  return value;
}
