import { defaultLocalUrl } from '@org/admin/local-gateway';
import { installation } from '@org/installation';
import { Command, Option } from 'commander';
import { type Cli, createCli } from './cli.ts';
import { addAsk } from './commands/ask.ts';
import { addAudit } from './commands/audit.ts';
import { addConfig } from './commands/config.ts';
import { addConsole } from './commands/console.ts';
import { addDeploy } from './commands/deploy.ts';
import { addDestroy } from './commands/destroy.ts';
import { addDev } from './commands/dev.ts';
import { addDiff } from './commands/diff.ts';
import { addDoctor } from './commands/doctor.ts';
import { addInit } from './commands/init.ts';
import { addKeys } from './commands/keys.ts';
import { addLimits } from './commands/limits.ts';
import { addModels } from './commands/models.ts';
import { addNotices } from './commands/notices.ts';
import { addPlans } from './commands/plans.ts';
import { addPrices } from './commands/prices.ts';
import { addProve } from './commands/prove.ts';
import { addReplay } from './commands/replay.ts';
import { addReport } from './commands/report.ts';
import { addRequests } from './commands/requests.ts';
import { addSynth } from './commands/synth.ts';
import { addTeams } from './commands/teams.ts';
import { addUsage } from './commands/usage.ts';
import { explain } from './failure.ts';
import type { Invocation } from './invocation.ts';
import { isLocalAddress, localUrlOf } from './target.ts';
import { guarded, type Terminal } from './terminal.ts';

/** Adds a command, or a group of commands. */
type AddCommand = (program: Command, cli: Cli) => void;

/** In the order of the help. */
const commands: readonly AddCommand[] = [
  addInit,
  addDev,
  addConfig,
  addDoctor,
  addSynth,
  addDiff,
  addDeploy,
  addDestroy,
  addModels,
  addPrices,
  addPlans,
  addTeams,
  addKeys,
  addLimits,
  addNotices,
  addUsage,
  addReport,
  addRequests,
  addAsk,
  addAudit,
  addConsole,
  addReplay,
  addProve,
];

const examples = ({ program }: Invocation) => `
Examples:
  ${program} config check                       what the config means, or what is wrong with it
  ${program} deploy                             check the account, then deploy
  ${program} models                             the models of the deployment, with prices
  ${program} keys create acme-app --team acme   make a key
  ${program} keys rotate acme-app               replace it; the old one works for another day by default
  ${program} usage --local                      usage on the local gateway
`;

/** All commands, with their tools. */
export function createProgram(
  terminal: Terminal,
  now: () => number,
): { readonly program: Command; readonly cli: Cli } {
  const program = new Command('proxy')
    .description('Keys to Amazon Bedrock, with limits that hold: deploy, make keys, see what is used.')
    .version(installation.version, '--version', 'print the version')
    .option(
      '--config <file>',
      'the config to use (default: PROXY_CONFIG_FILE of the environment, or proxy.config.ts here or in a folder above)',
    )
    .addOption(
      new Option(
        '--local [url]',
        `the local gateway in place of AWS, by its URL or its port (default: ${defaultLocalUrl})`,
      ).argParser(localUrlOf),
    )
    .option(
      '--stack <name>',
      'the stack of your own CDK app that has the deployment (default: its own stack)',
    )
    .addHelpText('after', () => examples(cli.invocation))
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('See more with --help.')
    .exitOverride();
  const cli = createCli(program, terminal, now);
  for (const add of commands) add(program, cli);
  return { program, cli };
}

/**
 * Runs one command.
 *
 * @param args Without the program: `['keys', 'list']`.
 * @returns The exit code: 0, 1 if it failed, 2 if it was called wrongly.
 */
export async function run(args: readonly string[], given: Terminal, now: () => number): Promise<number> {
  const terminal = guarded(given);
  const { program, cli } = createProgram(terminal, now);
  try {
    await program.parseAsync([...withLocalUrl(args)], { from: 'user' });
    return 0;
  } catch (error) {
    const { text, exitCode } = explain(error, cli.invocation, cli.usesDeployment());
    if (text !== undefined) terminal.note(`error: ${text}`);
    return exitCode;
  } finally {
    await cli.close();
  }
}

/** `--local keys list` would take `keys` for the URL; and a port alone is enough of an address. */
function withLocalUrl(args: readonly string[]): readonly string[] {
  return args.map((argument, index) =>
    argument === '--local' && !isLocalAddress(args[index + 1] ?? '')
      ? `--local=${defaultLocalUrl}`
      : argument,
  );
}
