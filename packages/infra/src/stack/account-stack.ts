import { resolve } from 'node:path';
import {
  App,
  BOOTSTRAP_QUALIFIER_CONTEXT,
  CfnResource,
  RemovalPolicy,
  Stack,
  Tags,
  Validations,
} from 'aws-cdk-lib';
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
import type { ProxyConfig } from '../config/config.ts';
import { applyRoleSettings } from './role-settings.ts';
import type { Synthesized } from './synthesize.ts';

const stackName = 'api-gateway-log-role';

/** The policy that API Gateway expects when the role is set. */
const policyName = 'service-role/AmazonAPIGatewayPushToCloudWatchLogs';

/**
 * The role with which API Gateway writes logs. All APIs of an account and Region share it, so it is in no deployment's
 * stack, and stays when this one is deleted.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
class AccountStack extends Stack {
  constructor(scope: Construct, region: string) {
    super(scope, stackName, {
      description: 'The role with which all APIs of the account and Region write their logs',
      env: { region },
    });
    const role = new Role(this, 'LogRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(policyName)],
    });
    new CfnAccount(this, 'Account', { cloudWatchRoleArn: role.roleArn });
    for (const construct of this.node.findAll()) {
      if (construct instanceof CfnResource) construct.applyRemovalPolicy(RemovalPolicy.RETAIN);
    }
  }
}

/**
 * Writes the template of the account's log role.
 *
 * @param outdir Directory for the cloud assembly.
 */
export function synthesizeAccount(
  config: Pick<ProxyConfig, 'region' | 'bootstrapQualifier' | 'tags' | 'roles'>,
  outdir: string,
): Synthesized {
  const { region, bootstrapQualifier, tags = {}, roles } = config;
  const app = new App({
    outdir: resolve(outdir),
    analyticsReporting: false,
    autoSynth: false,
    context: { [BOOTSTRAP_QUALIFIER_CONTEXT]: bootstrapQualifier },
  });
  const stack = new AccountStack(app, region);
  // Not the deployment's own: several deployments share the role.
  for (const [key, value] of Object.entries(tags)) Tags.of(stack).add(key, value);
  if (roles) applyRoleSettings(stack, roles);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  Validations.of(stack).acknowledge({
    id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policyName}]`,
    reason: 'API Gateway checks that the role has the permissions of this AWS policy.',
  });
  const { directory } = app.synth();
  return { directory, templateFile: resolve(directory, stack.templateFile), stackName: stack.stackName };
}
