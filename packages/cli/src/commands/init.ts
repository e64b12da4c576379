import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { answerOf, init } from '../init/init.ts';
import type { Invocation } from '../invocation.ts';
import { refuseLocal } from '../on-aws-only.ts';

const about = ({ program }: Invocation) => `
Writes proxy.config.ts, scripts of package.json, a GitHub workflow, and lines of .gitignore. Asks for what no option gives,
and before it replaces a file; everything is written at the end. With --yes, files that are there are kept.

Examples:
  ${program} init
  ${program} init --yes
  ${program} init --name acme-llm --region eu-central-1 --team search --budget 200 --models nova-lite,nova-pro
`;

interface Options {
  readonly name?: string;
  readonly region?: string;
  readonly team?: string;
  readonly budget?: string;
  readonly models?: string;
  readonly yes?: boolean;
}

export function addInit(program: Command, cli: Cli): void {
  program
    .command('init')
    .description('begin: write a config, scripts, and a workflow for CI')
    .option('--name <name>', "first part of the stack's name (default: the folder's)")
    .option('--region <region>', 'AWS Region (default: AWS_REGION, else us-east-1)')
    .option('--team <team>', 'the first team (default: developers)')
    .option('--budget <usd>', "the team's limit in USD a month (default: 50)")
    .option('--models <aliases>', 'models, with commas between them')
    .option('--yes', 'do not ask: take the defaults, and keep files that are there')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ yes = false, ...options }: Options) => {
      refuseLocal(program);
      const { terminal, invocation } = cli;
      const { name, region, team, budget, models } = options;
      const given = {
        ...(name === undefined ? {} : answerOf('name', name)),
        ...(region === undefined ? {} : answerOf('region', region)),
        ...(team === undefined ? {} : answerOf('team', team)),
        ...(budget === undefined ? {} : answerOf('budget', budget)),
        ...(models === undefined ? {} : answerOf('models', models)),
      };
      const { written, kept } = await init(process.cwd(), { given, yes }, terminal);
      if (written.length > 0) terminal.print(`Wrote ${written.join(', ')}.`);
      if (kept.length > 0) terminal.note(`Left as it was: ${kept.join(', ')}.`);
      terminal.note(
        [
          '',
          `${invocation.program} dev      run it here, with a simulated Bedrock`,
          `${invocation.program} doctor   would it deploy to your AWS account?`,
          `${invocation.program} deploy`,
        ].join('\n'),
      );
    });
}
