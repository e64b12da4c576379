import { Command } from 'commander';
import { defaultLocalUrl } from './aws/endpoints.ts';
import { type Cli, createCli } from './cli.ts';
import { addConfig } from './commands/config.ts';
import { addDeploy } from './commands/deploy.ts';
import { addDestroy } from './commands/destroy.ts';
import { addDev } from './commands/dev.ts';
import { addDiff } from './commands/diff.ts';
import { addDoctor } from './commands/doctor.ts';
import { addKeys } from './commands/keys.ts';
import { addModels } from './commands/models.ts';
import { addSynth } from './commands/synth.ts';
import { addTeams } from './commands/teams.ts';
import { addUsage } from './commands/usage.ts';
import { explain } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Adds a command, or a group of commands. */
type AddCommand = (program: Command, cli: Cli) => void;

/** In the order of the help. */
const commands: readonly AddCommand[] = [
  addDev,
  addConfig,
  addDoctor,
  addSynth,
  addDiff,
  addDeploy,
  addDestroy,
  addModels,
  addTeams,
  addKeys,
  addUsage,
];

const examples = `
Examples:
  pnpm proxy config check                       what the config means, or what is wrong with it
  pnpm proxy deploy                             look at the account, then deploy
  pnpm proxy models                             what the deployment offers, and at what price
  pnpm proxy keys create acme-app --team acme   give out a key
  pnpm proxy keys rotate acme-app               replace it; the old one works for another day
  pnpm proxy usage --local                      who used what of the gateway of npm start
`;

/**
 * Runs one command.
 *
 * @param args Without the program: `['keys', 'list']`.
 * @returns The exit code: 0, 1 where it failed, 2 where it was called wrongly.
 */
export async function run(args: readonly string[], terminal: Terminal, now: () => number): Promise<number> {
  const program = new Command('proxy')
    .description('Keys to Amazon Bedrock, with limits that hold: deploy it, give out keys, see what is used.')
    .option('--config <file>', 'the config to use (environment: PROXY_CONFIG_FILE)')
    .option('--local [url]', `the gateway of npm start in place of AWS (default: ${defaultLocalUrl})`)
    .addHelpText('after', examples)
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .showHelpAfterError('See more with --help.')
    .exitOverride();
  const cli = createCli(program, terminal, now);
  for (const add of commands) add(program, cli);
  try {
    await program.parseAsync([...withLocalUrl(args)], { from: 'user' });
    return 0;
  } catch (error) {
    const { text, exitCode } = explain(error);
    if (text !== undefined) terminal.note(`error: ${text}`);
    return exitCode;
  } finally {
    await cli.close();
  }
}

/** `--local keys list` would take `keys` for the URL. */
function withLocalUrl(args: readonly string[]): readonly string[] {
  return args.map((argument, index) =>
    argument === '--local' && !/^https?:/.test(args[index + 1] ?? '')
      ? `--local=${defaultLocalUrl}`
      : argument,
  );
}
