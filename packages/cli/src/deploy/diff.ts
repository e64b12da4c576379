import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type CostStatement, checkCredentials, compareCosts, costStatement } from '@org/admin';
import { type ProxyConfig, stackNameOf } from '@org/infra/config';
import { CliError } from '../cli-error.ts';
import { describeCost, describeCostChange } from '../output/cost-statement.ts';
import { describeFindings } from '../output/findings.ts';
import type { DeployTools } from './tools.ts';

export interface DiffOptions {
  /** Ends as a failure if there are changes. */
  readonly fail: boolean;
  /** The template to compare with: a file, or the folder of a cloud assembly that has it. Default: the deployed one. */
  readonly template?: string | undefined;
  /** What the models can cost before the change, to compare with. */
  readonly before?: CostStatement | undefined;
}

/**
 * Shows the changes that a deployment of the config would make, and what the models can cost under it.
 *
 * @throws {CliError} If there is no template to compare with, or there are no credentials to read the deployed one, which
 *   the CDK would report in its own way, and twice.
 */
export async function diff(
  config: ProxyConfig,
  { fail, before, template: given }: DiffOptions,
  { terminal, invocation, ...tools }: DeployTools,
): Promise<void> {
  const { region } = config;
  const stackName = stackNameOf(config);
  const template = given === undefined ? undefined : templateAt(given, stackName);
  if (template === undefined) await requireCredentials(region, { terminal, invocation, ...tools });
  const cost = costStatement(config);
  terminal.print(before ? describeCostChange(compareCosts(before, cost)) : describeCost(cost));
  const { directory } = await tools.synthesize(config);
  const options = [...(fail ? ['--fail'] : []), ...(template === undefined ? [] : ['--template', template])];
  await tools.cdk(['diff', stackName, ...options], directory, region);
}

/** The path of the template that `--template` names, relative to where the user is. */
function templateAt(given: string, stackName: string): string {
  const path = resolve(process.env['INIT_CWD'] ?? '.', given);
  const file = statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? join(path, `${stackName}.template.json`)
    : path;
  if (existsSync(file)) return file;
  throw new CliError(
    `There is no template ${file}.`,
    ({ program }) => `Name a template, or the cdk.out that "${program} synth" has written.`,
  );
}

async function requireCredentials(
  region: string,
  { terminal, invocation, settings }: DeployTools,
): Promise<void> {
  const { finding } = await checkCredentials(settings(region));
  if (finding.status === 'ok') return;
  terminal.note(`${describeFindings([finding], terminal, invocation)}\n`);
  throw new CliError('Nothing was compared: the account is not ready.', 'Follow what is said above.');
}
