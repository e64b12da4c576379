import { AdminError, deployedStack } from '@org/admin';
import { type ProxyConfig, stackDescriptionOf, stackNameOf } from '@org/infra/config';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { targetText } from '../target.ts';
import type { DeployTools } from './tools.ts';

/**
 * Deletes a deployment, after saying which resources stay and which are lost.
 *
 * @throws {CliError} If it is not deployed, something else is in its stack, or the user does not agree.
 */
export async function destroy(
  config: ProxyConfig,
  { yes }: { readonly yes: boolean },
  { terminal, invocation, ...tools }: DeployTools,
): Promise<void> {
  const { region } = config;
  const stackName = stackNameOf(config);
  const { account, outputs, description } = await deployedStack(stackName, tools.settings(region)).catch(
    (error: unknown) => {
      if (!(error instanceof AdminError && error.is('no_such_stack'))) throw error;
      throw new CliError(
        error.message,
        'There is nothing to delete. To delete another deployment, give its config with --config.',
      );
    },
  );
  if (description !== stackDescriptionOf(config)) {
    throw new CliError(
      `The stack ${stackName} is not the deployment of this config alone, so nothing was deleted.`,
      'Delete it with what deployed it: for your own CDK app, npx cdk destroy. To delete another deployment, give its config with --config.',
    );
  }
  terminal.note(whatStays(config, outputs, invocation).join('\n'));
  const target = targetText(stackName, { kind: 'aws', account, region });
  if (!yes) await terminal.confirm(`Delete ${target}? Every key stops working.`);
  const { directory } = await tools.synthesize(config);
  await tools.cdk(['destroy', stackName, '--force'], directory, region);
  terminal.note(`Deleted ${target}.`);
}

function whatStays(
  { removalPolicy, region }: ProxyConfig,
  outputs: ReadonlyMap<string, string>,
  invocation: Invocation,
): string[] {
  const table = outputs.get('TableName') ?? '';
  const bucket = outputs.get('PromptBucketName');
  const prompts =
    bucket === undefined
      ? []
      : [
          `The bucket ${bucket} stays, with prompts and answers, each until its retention ends. To delete it now:`,
          `  aws s3 rb --force s3://${bucket}`,
        ];
  const keys =
    'Keys and plans made with this command line are not in the stack. They stay in API Gateway, and the keys are refused. ' +
    `To remove them, delete the teams first, then the plans: ${invocation.command('teams delete TEAM')}, ${invocation.command('plans delete PLAN')}`;
  if (removalPolicy === 'destroy') {
    return [
      `The table ${table} is deleted too, with all usage: limits start again from zero.`,
      ...prompts,
      keys,
    ];
  }
  return [
    `The table ${table} stays, with all usage, protected against deletion. To delete it afterwards:`,
    `  aws dynamodb update-table --region ${region} --table-name ${table} --no-deletion-protection-enabled`,
    `  aws dynamodb delete-table --region ${region} --table-name ${table}`,
    ...prompts,
    keys,
  ];
}
