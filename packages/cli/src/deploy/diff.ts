import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  AdminError,
  type CostStatement,
  checkCredentials,
  compareCosts,
  costStatement,
  type Deployment,
  deployedTemplate,
  failureText,
  type LimitsAtRunTime,
  limitsAtRunTime,
  openDeployment,
} from '@org/admin';
import { configInTemplate, type ProxyConfig, stackNameOf } from '@org/infra/config';
import { CliError } from '../cli-error.ts';
import { describeCost, describeCostChange } from '../output/cost-statement.ts';
import { describeFindings } from '../output/findings.ts';
import type { DeployTools } from './tools.ts';

export interface DiffOptions {
  /** Ends as a failure if there are changes. */
  readonly fail: boolean;
  /** The template to compare with: a file, or the folder of a cloud assembly that has it. Default: the deployed one. */
  readonly template?: string | undefined;
  /** What the models can cost before the change. Default: by the config that the template was made from. */
  readonly before?: CostStatement | undefined;
}

/**
 * Shows the changes that a deployment of the config would make, and what they do to the most that the models can cost.
 *
 * @throws {CliError} If there is no template to compare with, or there are no credentials to read the deployed one, which
 *   the CDK would report in its own way, and twice.
 */
export async function diff(
  config: ProxyConfig,
  { fail, template: given, ...compared }: DiffOptions,
  tools: DeployTools,
): Promise<void> {
  const { region } = config;
  const { terminal } = tools;
  const stackName = stackNameOf(config);
  const template = given === undefined ? undefined : await templateAt(given, stackName);
  if (template === undefined) await requireCredentials(region, tools);
  // Limits that operators changed are in force before the deployment and after it.
  const changed = template === undefined ? await changedLimits(config, tools) : undefined;
  const before = compared.before ?? (await costBefore(config, { file: template, changed }, tools));
  const cost = costStatement(config, changed);
  terminal.print(before ? describeCostChange(compareCosts(before, cost)) : describeCost(cost));
  const { directory } = await tools.synthesize(config);
  const options = [...(fail ? ['--fail'] : []), ...(template === undefined ? [] : ['--template', template])];
  await tools.cdk(['diff', stackName, ...options], directory, region);
}

/** The path of the template that `--template` names, relative to where the user is. */
async function templateAt(given: string, stackName: string): Promise<string> {
  const path = resolve(process.env['INIT_CWD'] ?? '.', given);
  const found = await stat(path).catch(() => undefined);
  const file = found?.isDirectory() ? join(path, `${stackName}.template.json`) : path;
  if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  throw new CliError(
    `There is no template ${file}.`,
    ({ program }) => `Name a template, or the cdk.out that "${program} synth" has written.`,
  );
}

/**
 * What the models can cost by a template in a file, or else by the deployed one. Undefined if nothing is deployed, or it
 * cannot be known, which it reports.
 */
async function costBefore(
  config: ProxyConfig,
  { file, changed }: { readonly file: string | undefined; readonly changed: LimitsAtRunTime | undefined },
  { terminal, settings }: DeployTools,
): Promise<CostStatement | undefined> {
  try {
    const text =
      file === undefined
        ? await deployedTemplate(stackNameOf(config), settings(config.region))
        : await readFile(file, 'utf8');
    const before = configInTemplate(text, config);
    if (before) return costStatement(before, changed);
    terminal.note(
      'The template does not say what its models can cost, because another version wrote it. --against compares with a config.\n',
    );
  } catch (error) {
    if (error instanceof AdminError && error.is('no_such_stack')) return undefined;
    const reason = error instanceof Error ? failureText(error) : String(error);
    terminal.note(
      `What the deployed models can cost is not known, because cloudformation:GetTemplate failed: ${reason}\n`,
    );
  }
  return undefined;
}

/** The limits that operators changed at run time. Undefined if nothing is deployed, or they cannot be read, which it reports. */
async function changedLimits(
  config: ProxyConfig,
  { terminal, settings, now }: DeployTools,
): Promise<LimitsAtRunTime | undefined> {
  let deployment: Deployment | undefined;
  try {
    deployment = await openDeployment(config, () => settings(config.region), now);
    const changed = await limitsAtRunTime(deployment);
    const names = [...changed.teams.keys(), ...[...changed.keys.keys()].map((key) => `the key ${key}`)];
    if (names.length > 0)
      terminal.note(`With the limits that were changed at run time of ${names.join(', ')}:`);
    return changed;
  } catch (error) {
    const first =
      error instanceof AdminError && (error.is('no_such_stack') || error.is('stack_lacks_output'));
    if (first) return undefined;
    const reason = error instanceof Error ? failureText(error) : String(error);
    terminal.note(`Without limits changed at run time, because the table cannot be read: ${reason}\n`);
    return undefined;
  } finally {
    deployment?.close();
  }
}

async function requireCredentials(
  region: string,
  { terminal, invocation, settings }: DeployTools,
): Promise<void> {
  const { finding } = await checkCredentials(settings(region));
  if (finding.status === 'ok') return;
  terminal.note(`${describeFindings([finding], terminal, invocation)}\n`);
  throw new CliError(
    'Nothing was compared: the account is not ready.',
    'Fix the errors above, then run this again.',
  );
}
