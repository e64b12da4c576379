import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { deploy } from '../deploy/deploy.ts';
import { describeService } from '../deploy/service-information.ts';
import { deployTools } from '../deploy/tools.ts';
import type { Invocation } from '../invocation.ts';
import { refuseLocal } from '../on-aws-only.ts';
import { refuseStack } from '../own-stack-only.ts';

const about = ({ program }: Invocation) => `
Checks the account first, as doctor does, and stops at errors. If the account has no room for the ceiling on
concurrency, the ceiling is left off. To see the changes first: ${program} diff

Examples:
  ${program} deploy
  ${program} deploy --yes                   in CI; no value of a key is shown
  ${program} deploy --config prod.config.ts --yes --json
`;

interface Options {
  readonly yes?: boolean;
  readonly showKeys?: boolean;
  readonly setLogRole?: boolean;
  readonly json?: boolean;
}

export function addDeploy(program: Command, cli: Cli): void {
  program
    .command('deploy')
    .description('deploy the config to AWS, and show endpoint and keys')
    .option('--yes', 'do not ask')
    .option('--show-keys', 'show the values of the keys of the config')
    .option('--set-log-role', "set the account's role for access logs if accessLog needs it")
    .option('--json', 'print JSON')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ yes = false, showKeys = false, setLogRole = false, json }: Options) => {
      refuseLocal(program);
      refuseStack(program, 'deploy');
      const options = { yes, showKeys, setLogRole };
      const service = await deploy(await cli.config(), options, deployTools(cli));
      cli.terminal.print(json ? JSON.stringify(service, null, 2) : describeService(service));
    });
}
