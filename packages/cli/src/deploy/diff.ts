import { type CostStatement, checkCredentials, compareCosts, costStatement } from '@org/admin';
import { type ProxyConfig, stackNameOf } from '@org/infra/config';
import { CliError } from '../cli-error.ts';
import { describeCost, describeCostChange } from '../output/cost-statement.ts';
import { describeFindings } from '../output/findings.ts';
import type { DeployTools } from './tools.ts';

/**
 * Shows the changes that a deployment of the config would make, and what the models can cost under it.
 *
 * @param options.fail Ends as a failure if there are changes.
 * @param options.before What they can cost before the change, to compare with.
 * @throws {CliError} If there are no credentials, which the CDK would report in its own way, and twice.
 */
export async function diff(
  config: ProxyConfig,
  { fail, before }: { readonly fail: boolean; readonly before?: CostStatement | undefined },
  { terminal, invocation, ...tools }: DeployTools,
): Promise<void> {
  const { region } = config;
  const { finding } = await checkCredentials(tools.settings(region));
  if (finding.status !== 'ok') {
    terminal.note(`${describeFindings([finding], terminal, invocation)}\n`);
    throw new CliError('Nothing was compared: the account is not ready.', 'Follow what is said above.');
  }
  const cost = costStatement(config);
  terminal.print(before ? describeCostChange(compareCosts(before, cost)) : describeCost(cost));
  const { directory } = await tools.synthesize(config);
  await tools.cdk(['diff', stackNameOf(config), '--app', directory, ...(fail ? ['--fail'] : [])], region);
}
