import { diagnose } from '@org/admin';
import type { Command } from 'commander';
import type { Cli, GlobalOptions } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { refuseLocal } from '../on-aws-only.ts';
import { describeFindings, findingText } from '../output/findings.ts';

const about = ({ program }: Invocation) => `
Checks everything that a deployment of the config depends on, changes nothing, and ends with 1 if it would fail:
credentials, the bootstrap of the CDK, API Gateway's log role and throttle, Lambda's concurrency, prices, and for each
model whether Bedrock still has it in the Region and whether the account may call it.

Examples:
  ${program} doctor
  ${program} doctor --json | jq '.[] | select(.status != "ok")'
`;

export function addDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description('look for problems with the config in the account')
    .option('--json', 'print JSON')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ json }: { json?: boolean }) => {
      refuseLocal(program);
      const { terminal, now, invocation } = cli;
      const config = await cli.config();
      const { stack } = program.opts<GlobalOptions>();
      const { findings } = await diagnose(config, cli.awsSettings(config.region), now(), stack);
      terminal.print(
        json
          ? JSON.stringify(
              findings.map((finding) => findingText(finding, invocation)),
              null,
              2,
            )
          : describeFindings(findings, terminal, invocation),
      );
      const errors = findings.filter(({ status }) => status === 'error').length;
      if (errors > 0) {
        throw new CliError(
          `A deployment would fail: ${errors === 1 ? 'one error' : `${errors} errors`}.`,
          'Fix each error as described above.',
        );
      }
    });
}
