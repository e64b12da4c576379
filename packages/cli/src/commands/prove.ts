import { writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { diagnose, localToken, type ProofResult, proofNames, prove, removeLeftovers } from '@org/admin';
import type { ProxyConfig } from '@org/infra/config';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Cli, GlobalOptions } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { proofLine, proofReport, proofSummary } from '../output/proofs.ts';

const about = ({ program }: Invocation) => `
Calls every route, every API and every model of a plan, causes every error, races callers for a small limit, rotates
and revokes keys, and looks at logs, metrics and alarms. It makes its own team, deletes it at the end, and spends at most
--most-usd. Takes a few minutes. Exits with 1 if a promise is broken.

If it was killed, the next run removes what it left an hour ago or earlier; --clean removes it now.

Examples:
  ${program} prove --local
  ${program} prove --report proof.md
  ${program} prove --only race,hang-up
  ${program} prove --long --most-usd 0.50
  ${program} prove --clean
  ${program} prove --json | jq '.[] | select(.outcome != "holds")'
`;

interface Options {
  readonly plan?: string;
  readonly mostUsd: number;
  readonly only?: readonly string[];
  readonly long?: boolean;
  readonly token?: string;
  readonly report?: string;
  readonly clean?: boolean;
  readonly json?: boolean;
}

export function addProve(program: Command, cli: Cli): void {
  program
    .command('prove')
    .description('show, on the deployment itself, that it keeps its promises')
    .option(
      '--plan <plan>',
      'plan of the team that it makes, with room for 100 requests (default: the one with the cheapest model)',
    )
    .option('--most-usd <usd>', 'the most that its calls may cost in all', positive, 0.05)
    .option('--only <names>', 'only these proofs, with commas between; --json has the names', namesOf)
    .option('--long', 'also ask for an answer that takes longer than 29 s: some minutes more')
    .addOption(
      new Option('--token <token>', 'a token of the sign-in, to try it too').env('PROXY_PROVE_TOKEN'),
    )
    .option('--report <file>', 'write a report in Markdown, with request ids')
    .option('--clean', 'only remove what killed runs left; not while another one is at work')
    .option('--json', 'print JSON')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ plan, mostUsd, only, long, token, report, clean, json }: Options) => {
      const { terminal } = cli;
      const deployment = await cli.deployment();
      if (clean) {
        const teams = await removeLeftovers(deployment, 'all');
        terminal.note(
          teams.length === 0 ? 'Nothing was left.' : `Removed ${teams.join(', ')} and their keys.`,
        );
        return;
      }
      const { local } = program.opts<GlobalOptions>();
      const { config } = deployment;
      const account =
        local === undefined
          ? {
              token,
              diagnose: async () =>
                (await diagnose(config, cli.awsSettings(config.region), cli.now(), deployment.stack))
                  .findings,
            }
          : { token: token ?? (await tokenOf(local, config)) };
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
        const results = await prove(deployment, {
          ...account,
          plan,
          mostUsd,
          only,
          long,
          signal,
          wait,
          onResult,
        });
        if (json) terminal.print(JSON.stringify(results, null, 2));
        if (report !== undefined) {
          await writeFile(report, proofReport(results, { deployment: deployment.name, at: cli.now() }));
        }
        if (!json) terminal.print(`\n${proofSummary(results)}`);
        const broken = results.filter(({ outcome }) => outcome === 'broken').length;
        if (broken > 0) {
          throw new CliError(
            `${broken} of ${results.length} promises ${broken === 1 ? 'is' : 'are'} broken.`,
            'Look up the request ids in the log of the function.',
          );
        }
      } finally {
        process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      }
    });
}

/** A token of the local issuer for a team that may sign in. */
async function tokenOf(local: string, { signIn, teams }: ProxyConfig): Promise<string | undefined> {
  const [team] = [...Object.values(signIn?.teams ?? {}), ...Object.keys(teams)].filter((each) =>
    Object.hasOwn(teams, each),
  );
  return signIn === undefined || team === undefined ? undefined : localToken(local, team);
}

function namesOf(text: string): readonly string[] {
  const names = text.split(',');
  const unknown = names.find((name) => !proofNames.includes(name));
  if (unknown === undefined) return names;
  throw new InvalidArgumentError(`There is no proof ${unknown}, only ${proofNames.join(', ')}.`);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0, such as 0.05.');
  return value;
}
