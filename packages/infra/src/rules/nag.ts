import { promptPrefix } from '@org/lambda/prompt-prefix';
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import type { ProxyConfig } from '../config/config.ts';
import { receiversOf } from '../config/notify.ts';

/** Rules that this deployment does not follow, and why. */
const acknowledged: Readonly<Record<string, string>> = {
  'AwsSolutions-APIG4': 'Callers are identified by API keys, which also carry their throttle and quota.',
  'AwsSolutions-APIG6': 'Execution logs can hold prompts, and they need a role of the whole account.',
  'AwsSolutions-COG4': 'Callers are identified by API keys; most are programs, which have no Cognito user.',
  'Serverless-LambdaDLQ':
    'API Gateway calls the function synchronously, so a failed event goes to the caller.',
};

/** Rules that only an access log satisfies. */
const acknowledgedWithoutAccessLog: Readonly<Record<string, string>> = {
  'AwsSolutions-APIG1': 'The access log is opt-in, because it needs a role of the whole account (accessLog).',
  'Serverless-APIGWAccessLogging':
    'The access log is opt-in, because it needs a role of the whole account (accessLog).',
};

/** Rules that only a web ACL satisfies. */
const acknowledgedWithoutWaf: Readonly<Record<string, string>> = {
  'AwsSolutions-APIG3':
    'No web ACL: it costs a fee while idle, and every method asks for an API key first (waf).',
};

/** Rules that only tracing satisfies. */
const acknowledgedWithoutTraces: Readonly<Record<string, string>> = {
  'Serverless-APIGWXrayEnabled':
    'Tracing is opt-in (traces): the request id joins gateway, function and answer without it.',
  'Serverless-LambdaTracing':
    'Tracing is opt-in (traces): the log has the durations of each call without it.',
};

/** Rules that traced functions do not follow. A rule of ours allows no other action on every resource. */
const acknowledgedWithTraces: Readonly<Record<string, string>> = {
  'AwsSolutions-IAM5[Resource::*]':
    'X-Ray has no resources: its actions for traces can be allowed on * only.',
};

/** Rules that the bucket of prompts does not follow. */
function acknowledgedWith(promptBucket: CfnBucket): Readonly<Record<string, string>> {
  const objects = `<${Stack.of(promptBucket).getLogicalId(promptBucket)}.Arn>/${promptPrefix}*`;
  return {
    'AwsSolutions-S1':
      'Server access logs need a second bucket. Data events of CloudTrail record who reads prompts, if wanted.',
    [`AwsSolutions-IAM5[Resource::${objects}]`]:
      'Each call has its own object, so the function may write every name of the prompt log, and do nothing else.',
  };
}

/** Rules that subscriptions do not follow. */
const acknowledgedWithReceivers: Readonly<Record<string, string>> = {
  'Serverless-SNSRedrivePolicy':
    'A notice that is not delivered still shows in CloudWatch, as an alarm or a line; a queue of them would not be read.',
};

/** Rules that a user pool of this deployment does not follow. */
const acknowledgedWithUserPool: Readonly<Record<string, string>> = {
  'AwsSolutions-COG2': 'A second factor is offered; whether users must have one is for the operator to say.',
  'AwsSolutions-COG8': 'Threat protection has a fee for each user; the limits of the team bound the damage.',
};

/** Makes synthesis fail if the app breaks a cdk-nag rule that is not acknowledged. */
export function addNagRules(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}

/** Acknowledges the rules that a proxy does not follow, for every app that asks cdk-nag. */
export function acknowledgeNagRules(proxy: IConstruct, config: ProxyConfig): void {
  const { accessLog, alarms, signIn, traces, waf } = config;
  const promptBucket = proxy.node.findAll().find((construct) => construct instanceof CfnBucket);
  const rules = {
    ...acknowledged,
    ...(accessLog ? {} : acknowledgedWithoutAccessLog),
    ...(waf ? {} : acknowledgedWithoutWaf),
    ...(traces ? acknowledgedWithTraces : acknowledgedWithoutTraces),
    ...(promptBucket ? acknowledgedWith(promptBucket) : {}),
    ...(signIn && 'cognito' in signIn && signIn.cognito === 'create' ? acknowledgedWithUserPool : {}),
    ...((alarms && alarms.email !== undefined) || receiversOf(config).length > 0
      ? acknowledgedWithReceivers
      : {}),
  };
  for (const [id, reason] of Object.entries(rules)) Validations.of(proxy).acknowledge({ id, reason });
}
