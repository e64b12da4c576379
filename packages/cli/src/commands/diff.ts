import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { readCostStatement } from '../cost-file.ts';
import { diff } from '../deploy/diff.ts';
import { deployTools } from '../deploy/tools.ts';
import type { Invocation } from '../invocation.ts';
import { refuseLocal } from '../on-aws-only.ts';
import { refuseStack } from '../own-stack-only.ts';

const about = ({ program }: Invocation) => `
Compares the config's template with the deployed one, or with one in a file, which needs no AWS account. Reports the most that
the models can cost per month, and what the change does to it. Changes nothing.

Examples:
  ${program} diff
  ${program} diff --fail        for CI: ends with 1 if something differs
  ${program} diff --against deployed.config.ts
  ${program} diff --template ../main/cdk.out    with what "${program} synth" wrote there
`;

interface Options {
  readonly fail?: boolean;
  readonly against?: string;
  readonly template?: string;
}

export function addDiff(program: Command, cli: Cli): void {
  program
    .command('diff')
    .description('show the changes of a deployment')
    .option('--fail', 'end with 1 if something would change')
    .option(
      '--against <file>',
      'compare the most a month can cost with this config, or with its config check --json',
    )
    .option('--template <file>', 'compare with this template, or with the one in this cdk.out')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ fail = false, against, template }: Options) => {
      refuseLocal(program);
      refuseStack(program, 'diff');
      const before = against === undefined ? undefined : await readCostStatement(against);
      await diff(await cli.config(), { fail, before, template }, deployTools(cli));
    });
}
