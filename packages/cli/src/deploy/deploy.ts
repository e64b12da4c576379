import {
  adoptPlans,
  adoptTeams,
  type Deployment,
  type Diagnosis,
  diagnose,
  openDeployment,
  syncSignInKeys,
} from '@org/admin';
import { type ProxyConfig, stackNameOf } from '@org/infra/config';
import { CliError } from '../cli-error.ts';
import { describeFindings } from '../output/findings.ts';
import { targetText } from '../target.ts';
import type { Terminal } from '../terminal.ts';
import { readServiceInformation, type ServiceInformation } from './service-information.ts';
import { type DeployTools, setLogRole } from './tools.ts';

export interface DeployOptions {
  /** Goes ahead without asking. */
  readonly yes: boolean;
  /** Shows the values of the keys without asking. */
  readonly showKeys: boolean;
  /** Sets the account's role for access logs without asking, if it is needed and missing. */
  readonly setLogRole: boolean;
}

/**
 * Deploys a config: checks the account first, stops at problems, leaves off a ceiling that does not fit, and shows
 * the deployment's address and keys.
 *
 * @throws {CliError} If the account is not ready, or the user does not agree.
 */
export async function deploy(
  config: ProxyConfig,
  options: DeployOptions,
  tools: DeployTools,
): Promise<ServiceInformation> {
  const { region } = config;
  const { terminal, invocation, now } = tools;
  const stackName = stackNameOf(config);
  const settings = tools.settings(region);
  const diagnosis = await diagnose(config, settings, now());
  const notable = diagnosis.findings.filter(({ status }) => status !== 'ok');
  if (notable.length > 0) terminal.note(`${describeFindings(notable, terminal, invocation)}\n`);
  stopAtErrors(diagnosis);

  const { account, lacksLogRole, ceilingFits, models } = diagnosis;
  const target = targetText(stackName, { kind: 'aws', account, region });
  if (options.yes) terminal.note(`Deploying ${target}.`);
  else await terminal.confirm(`Deploy ${target}?`);
  if (lacksLogRole) {
    const question = `Set the role with which all APIs of the account ${account} in ${region} write logs? It stays until you change it.`;
    if (!options.setLogRole) await terminal.confirm(question);
    await setLogRole(tools, config);
  }
  const { directory } = await tools.synthesize(ceilingFits ? config : { ...config, concurrency: undefined });
  await tools.cdk(['deploy', stackName, '--require-approval', 'never'], directory, region);

  const showKeys =
    options.showKeys ||
    (await agrees(terminal, 'Show the values of the keys? Anyone who reads them can call the API.'));
  const deployment = await openDeployment(config, () => settings, now);
  try {
    await seeToKeys(deployment, terminal);
    return await readServiceInformation(deployment, settings, models, showKeys);
  } finally {
    deployment.close();
  }
}

/**
 * Brings the keys made at run time into line with the config: keys of its teams, and keys of signed-in callers, whose values no
 * template may hold. Without signIn there is mostly nothing to do, so the deployer then needs no permission for them.
 */
async function seeToKeys(deployment: Deployment, terminal: Terminal): Promise<void> {
  try {
    await adoptPlans(deployment);
    await adoptTeams(deployment);
    await syncSignInKeys(deployment);
  } catch (error) {
    const isDenied = error instanceof Error && error.name === 'AccessDeniedException';
    if (deployment.config.signIn || !isDenied) throw error;
    terminal.note(
      'AWS did not allow reading the table, so these were not cleaned up: keys of an earlier signIn, a plan made at run time ' +
        'that is in the config now, and the earlier plan of a team that moved into the config. Deploy once with the permissions to make and delete teams.',
    );
  }
}

/** A problem that deploy itself can fix is not a reason to stop. */
function stopAtErrors({ findings, lacksLogRole }: Diagnosis): void {
  const errors = findings.filter(({ status }) => status === 'error').length - (lacksLogRole ? 1 : 0);
  if (errors === 0) return;
  throw new CliError(
    'Nothing was deployed: the account is not ready.',
    'Fix the errors above, then run this again.',
  );
}

/** Also false if there is no user to ask, as in CI. */
async function agrees(terminal: Terminal, question: string): Promise<boolean> {
  try {
    await terminal.confirm(question);
    return true;
  } catch (error) {
    if (error instanceof CliError) return false;
    throw error;
  }
}
