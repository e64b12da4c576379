import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import type { ProxyConfig } from '../config/config.ts';

/** Rules that this deployment does not follow, and why. */
const acknowledged: Readonly<Record<string, string>> = {
  'AwsSolutions-APIG4': 'Callers are identified by API keys, which also carry their throttle and quota.',
  'AwsSolutions-APIG6': 'Execution logs can hold prompts, and they need a role of the whole account.',
  'AwsSolutions-COG4': 'Callers are identified by API keys; most are programs, which have no Cognito user.',
  'Serverless-APIGWXrayEnabled':
    'The request id joins gateway, function and answer; no trace is needed for one hop.',
  'Serverless-LambdaDLQ':
    'API Gateway calls the function synchronously, so a failed event goes to the caller.',
  'Serverless-LambdaTracing':
    'Tracing needs xray:Put* on every resource; the log has the durations of each call.',
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

/** Rules that a mail subscription does not follow. */
const acknowledgedWithEmail: Readonly<Record<string, string>> = {
  'Serverless-SNSRedrivePolicy':
    'An alarm whose mail is not delivered still shows in CloudWatch; a queue of them would not be read.',
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
  const { accessLog, alarms, signIn, waf } = config;
  const rules = {
    ...acknowledged,
    ...(accessLog ? {} : acknowledgedWithoutAccessLog),
    ...(waf ? {} : acknowledgedWithoutWaf),
    ...(signIn && 'cognito' in signIn && signIn.cognito === 'create' ? acknowledgedWithUserPool : {}),
    ...(alarms && alarms.email !== undefined ? acknowledgedWithEmail : {}),
  };
  for (const [id, reason] of Object.entries(rules)) Validations.of(proxy).acknowledge({ id, reason });
}
