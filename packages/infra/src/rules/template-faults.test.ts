import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AspectPriority, Aspects, AssetStaging, CfnOutput, CfnResource, Stack } from 'aws-cdk-lib';
import {
  CfnApiKey,
  CfnAuthorizer,
  CfnBasePathMapping,
  CfnDeployment,
  CfnDomainName,
  CfnGatewayResponse,
  CfnMethod,
  CfnRestApi,
  CfnStage,
  CfnUsagePlan,
  CfnUsagePlanKey,
} from 'aws-cdk-lib/aws-apigateway';
import { CfnApplicationInferenceProfile } from 'aws-cdk-lib/aws-bedrock';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnPolicy, CfnRole, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnFunction, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { CfnSubscription, CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../proxy.config.ts';
import { parseProxyConfig } from '../config/config.ts';
import type { BedrockProxy } from '../stack/bedrock-proxy.ts';
import { createApp } from '../stack/synthesize.ts';
import {
  companyOn,
  directory,
  everythingOn,
  lambdaDirectory,
  noticesOn,
  withDomain,
  withPrivateApi,
} from '../testing/template-under-test.ts';
import { TemplateRules } from './template-rules.ts';

type Constructor<Value> = abstract new (...args: never[]) => Value;

/** The first construct of a kind, or the first that `isMeant` accepts. */
function find<Found extends Construct>(
  proxy: BedrockProxy,
  kind: Constructor<Found>,
  isMeant: (construct: Found) => boolean = () => true,
): Found {
  for (const construct of proxy.node.findAll()) {
    if (construct instanceof kind && isMeant(construct)) return construct;
  }
  throw new Error(`there is no ${kind.name}`);
}

const set =
  <Found extends CfnResource>(
    kind: Constructor<Found>,
    property: string,
    value: unknown,
    isMeant?: (resource: Found) => boolean,
  ) =>
  (proxy: BedrockProxy): void =>
    find(proxy, kind, isMeant).addPropertyOverride(property, value);

const allow =
  (actions: string[], resources: string[]) =>
  (proxy: BedrockProxy): void => {
    new ManagedPolicy(proxy, 'Wide', { statements: [new PolicyStatement({ actions, resources })] });
  };

const add =
  (type: string, properties: (proxy: BedrockProxy) => Record<string, unknown>) =>
  (proxy: BedrockProxy): void => {
    new CfnResource(proxy, 'Added', { type, properties: properties(proxy) });
  };

/** Allows the function behind the routes another action in place of one. */
const changeAction =
  (action: string, other: string) =>
  (proxy: BedrockProxy): void => {
    const policy = find(proxy, CfnPolicy, ({ node }) => node.path.includes('/Function/'));
    const { Statement: statements } = Stack.of(proxy).resolve(policy.policyDocument);
    const changed = JSON.stringify(statements).replace(`"${action}"`, `"${other}"`);
    policy.addPropertyOverride('PolicyDocument.Statement', JSON.parse(changed));
  };

const isWebhook = ({ protocol }: CfnSubscription) => protocol === 'https';

const allowList = 'Proxy: only-what-is-allowed';

/** Possible faults of the stack, and the check that must find each at synthesis. */
const faults: [fault: string, seed: (proxy: BedrockProxy) => void, foundBy: string][] = [
  // CDK's validation of the template against CloudFormation's schemas
  ['a runtime that is gone', set(CfnFunction, 'Runtime', 'nodejs12.x'), 'CloudFormation Validate: E2533'],
  ['a property that does not exist', set(CfnFunction, 'MemorySise', 512), 'CloudFormation Validate: F3002'],
  [
    'a reference to nothing',
    set(CfnUsagePlanKey, 'KeyId', { Ref: 'Nothing' }),
    'CloudFormation Validate: F1020',
  ],
  // cdk-nag
  ['bedrock:* on *', allow(['bedrock:*'], ['*']), 'AwsSolutions: AwsSolutions-IAM5[Action::bedrock:*]'],
  // our own rules
  ['a method without a key', set(CfnMethod, 'ApiKeyRequired', false), allowList],
  [
    'a transfer mode that does not exist',
    set(CfnMethod, 'Integration.ResponseTransferMode', 'STREAMS'),
    allowList,
  ],
  [
    'a method that waits for a whole answer',
    set(CfnMethod, 'Integration.ResponseTransferMode', 'BUFFERED'),
    allowList,
  ],
  [
    'a URI that waits for a whole answer',
    set(
      CfnMethod,
      'Integration.Uri',
      'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations',
    ),
    'Proxy: method-streams',
  ],
  [
    'a timeout longer than API Gateway waits',
    set(CfnMethod, 'Integration.TimeoutInMillis', 999_999),
    'Proxy: timeout-is-possible',
  ],
  [
    'a function that runs longer than it is waited for',
    set(CfnMethod, 'Integration.TimeoutInMillis', 60_000),
    'Proxy: timeout-is-possible',
  ],
  [
    'a deployment that does not wait for the methods',
    (proxy) => find(proxy, CfnDeployment).addOverride('DependsOn', []),
    'Proxy: deployment-has-methods',
  ],
  [
    'a gateway response of an unknown type',
    set(CfnGatewayResponse, 'ResponseType', 'QUOTA_EXHAUSTED'),
    allowList,
  ],
  [
    'one status for every 4xx',
    set(CfnGatewayResponse, 'StatusCode', '400', ({ responseType }) => responseType === 'DEFAULT_4XX'),
    'Proxy: default-keeps-status',
  ],
  ['a quota a year', set(CfnUsagePlan, 'Quota.Period', 'YEAR'), allowList],
  ['a plan without a quota', set(CfnUsagePlan, 'Quota', undefined), allowList],
  ['a plan without a throttle', set(CfnUsagePlan, 'Throttle', undefined), allowList],
  ['a plan of no stage', set(CfnUsagePlan, 'ApiStages', []), 'Proxy: plan-has-stage'],
  [
    'a key in no plan',
    (proxy) => {
      const member = find(proxy, CfnUsagePlanKey);
      member.node.scope?.node.tryRemoveChild(member.node.id);
    },
    'Proxy: key-has-one-plan',
  ],
  ['the value of a key in the template', set(CfnApiKey, 'Value', 'a-key-of-twenty-letters'), allowList],
  [
    'a permission on every resource',
    set(CfnPolicy, 'PolicyDocument.Statement.0.Resource', '*'),
    'Proxy: permission-is-named',
  ],
  [
    'an action that no function needs',
    allow(['dynamodb:DeleteTable'], ['arn:aws:dynamodb:us-east-1:111122223333:table/t']),
    allowList,
  ],
  [
    'a function that any API may invoke',
    set(CfnPermission, 'SourceArn', undefined),
    'Proxy: only-the-api-invokes',
  ],
  [
    'a function with a URL of its own',
    add('AWS::Lambda::Url', (proxy) => ({
      AuthType: 'NONE',
      TargetFunctionArn: find(proxy, CfnFunction).attrArn,
    })),
    allowList,
  ],
  [
    'a function that a queue runs too',
    add('AWS::Lambda::EventSourceMapping', (proxy) => ({
      FunctionName: find(proxy, CfnFunction).ref,
      EventSourceArn: 'arn:aws:sqs:us-east-1:111122223333:queue',
    })),
    allowList,
  ],
  ['a function that anybody may invoke', set(CfnPermission, 'Principal', '*'), allowList],
  [
    'a function with code from elsewhere',
    set(CfnFunction, 'Layers', ['arn:aws:lambda:us-east-1:1:layer:l:1']),
    allowList,
  ],
  [
    'code that only its owner may read',
    (proxy) => chmodSync(join(find(proxy, AssetStaging).absoluteStagedPath, 'index.mjs'), 0o600),
    'Proxy: function-code-is-readable',
  ],
  [
    'a folder of code that only its owner may open',
    (proxy) => chmodSync(find(proxy, AssetStaging).absoluteStagedPath, 0o700),
    'Proxy: function-code-is-readable',
  ],
  [
    'code that is not of this assembly',
    set(CfnFunction, 'Code.S3Key', 'elsewhere.zip'),
    'Proxy: function-code-is-readable',
  ],
  ['a function with one more variable', set(CfnFunction, 'Environment.Variables.DEBUG', '*'), allowList],
  [
    'a role that anybody may assume',
    set(CfnRole, 'AssumeRolePolicyDocument.Statement.0.Principal', '*'),
    allowList,
  ],
  [
    'a role with a policy of AWS',
    set(CfnRole, 'ManagedPolicyArns', ['arn:aws:iam::aws:policy/AdministratorAccess']),
    allowList,
  ],
  [
    'a role with one more statement',
    set(CfnPolicy, 'PolicyDocument.Statement.0', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
    allowList,
  ],
  [
    'a permission on a table of another stack',
    set(CfnPolicy, 'PolicyDocument.Statement.0.Resource', { 'Fn::GetAtt': ['Elsewhere', 'Arn'] }),
    'Proxy: permission-is-named',
  ],
  [
    'a table that others may read',
    set(CfnTable, 'ResourcePolicy.PolicyDocument', { Statement: [{ Effect: 'Allow', Principal: '*' }] }),
    allowList,
  ],
  ['a table with a stream', set(CfnTable, 'StreamSpecification.StreamViewType', 'NEW_IMAGE'), allowList],
  [
    'a table that goes with the stack, though it is protected',
    set(CfnTable, 'DeletionProtectionEnabled', true),
    'Proxy: kept-is-protected',
  ],
  [
    'a table of which nothing says what becomes of it',
    (proxy) => find(proxy, CfnTable).addOverride('DeletionPolicy', undefined),
    allowList,
  ],
  ['an API with a policy', set(CfnRestApi, 'Policy', { Statement: [] }), allowList],
  [
    'a resource beside the proxy',
    (proxy) => void new CfnLogGroup(Stack.of(proxy), 'Beside', { retentionInDays: 7 }),
    'Proxy stack: only-the-proxy',
  ],
  [
    'a second stage',
    add('AWS::ApiGateway::Stage', (proxy) => ({
      RestApiId: find(proxy, CfnRestApi).ref,
      DeploymentId: find(proxy, CfnDeployment).ref,
      StageName: 'other',
      MethodSettings: [
        {
          ...{ HttpMethod: '*', ResourcePath: '/*', DataTraceEnabled: false },
          ...{ ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 },
        },
      ],
    })),
    allowList,
  ],
  ['an authorizer that remembers', set(CfnAuthorizer, 'AuthorizerResultTtlInSeconds', 300), allowList],
  [
    'pages of every origin',
    set(
      CfnMethod,
      'Integration.IntegrationResponses.0.ResponseParameters.method\\.response\\.header\\.Access-Control-Allow-Origin',
      "'*'",
      ({ httpMethod }) => httpMethod === 'OPTIONS',
    ),
    allowList,
  ],
  [
    'alarms that anybody may publish',
    set(CfnTopicPolicy, 'PolicyDocument.Statement.1.Principal', '*'),
    allowList,
  ],
  ['samples of requests', set(CfnWebACL, 'VisibilityConfig.SampledRequestsEnabled', true), allowList],
  [
    'an output with a secret',
    (proxy) => void new CfnOutput(proxy, 'Endpoints', { value: 'a-key-of-twenty-letters' }),
    allowList,
  ],
  [
    'an output that other stacks import',
    (proxy) => void new CfnOutput(proxy, 'KeyIdX', { value: find(proxy, CfnApiKey).ref, exportName: 'key' }),
    allowList,
  ],
  ['a role without tags', set(CfnRole, 'Tags', undefined), allowList],
  [
    'a table with the tags of another deployment',
    set(CfnTable, 'Tags.0.Value', 'other'),
    'Proxy: tags-are-the-apis',
  ],
  ['a retention period that does not exist', set(CfnLogGroup, 'RetentionInDays', 31), allowList],
  ['a log that is kept for ever', set(CfnLogGroup, 'RetentionInDays', undefined), allowList],
  ['a log with every prompt', set(CfnStage, 'MethodSettings.0.DataTraceEnabled', true), allowList],
  ['an execution log', set(CfnStage, 'MethodSettings.0.LoggingLevel', 'INFO'), allowList],
  ['a log with every key', set(CfnStage, 'AccessLogSetting.Format', '$context.identity.apiKey'), allowList],
];

/** The same with sign-in. */
const signInFaults: typeof faults = [
  [
    'another function that may read the keys of signed-in teams',
    (proxy) => {
      const policy = find(proxy, CfnPolicy, ({ node }) => node.path.includes('/Function/'));
      policy.addPropertyOverride('PolicyDocument.Statement', [
        {
          Effect: 'Allow',
          Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
          Resource: { 'Fn::GetAtt': [Stack.of(proxy).getLogicalId(find(proxy, CfnTable)), 'Arn'] },
        },
      ]);
    },
    'Proxy: sign-in-keys-are-the-authorizers',
  ],
  [
    'an authorizer whose function any API may invoke',
    set(CfnPermission, 'SourceArn', undefined, ({ node }) => node.path.includes('/Authorizer/')),
    'Proxy: only-the-api-invokes',
  ],
];

/** The same with notices. */
const noticeFaults: typeof faults = [
  [
    'a function that may ring alarms',
    (proxy) => {
      const topic = find(proxy, CfnTopic, ({ node }) => node.path.includes('/Alarms/'));
      const statement = {
        Effect: 'Allow',
        Action: 'sns:Publish',
        Resource: Stack.of(proxy).resolve(topic.ref),
      };
      set(CfnPolicy, 'PolicyDocument.Statement.0', statement)(proxy);
    },
    'Proxy: alarms-are-cloudwatchs',
  ],
  ['a function that may subscribe others', changeAction('sns:Publish', 'sns:Subscribe'), allowList],
  ['a function that may publish everywhere', allow(['sns:Publish'], ['*']), 'Proxy: permission-is-named'],
  ['notices without TLS', set(CfnSubscription, 'Protocol', 'http', isWebhook), allowList],
  [
    'notices to a queue of another account',
    set(CfnSubscription, 'Endpoint', 'arn:aws:sqs:us-east-1:111122223333:queue', isWebhook),
    allowList,
  ],
  ['notices without their signature', set(CfnSubscription, 'RawMessageDelivery', true, isWebhook), allowList],
  ['notices with a signature over SHA-1', set(CfnTopic, 'SignatureVersion', '1'), allowList],
];

/** The same with every rule of a company. */
const companyFaults: typeof faults = [
  [
    'a role without the boundary of the others',
    (stack) => {
      const role = find(stack, CfnRole);
      // After the aspect that gives all roles the boundary.
      const visit = () => role.addPropertyDeletionOverride('PermissionsBoundary');
      Aspects.of(role).add({ visit }, { priority: AspectPriority.READONLY });
    },
    'Proxy: roles-are-alike',
  ],
  ['a log without the key of the table', set(CfnLogGroup, 'KmsKeyId', undefined), 'Proxy: one-key-for-all'],
  [
    'a bucket of prompts without the key of the table',
    set(CfnBucket, 'BucketEncryption.ServerSideEncryptionConfiguration', [
      { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
    ]),
    'Proxy: one-key-for-all',
  ],
  [
    'a function that may use the key for other buckets than through S3',
    (stack) => {
      const policies = stack.node.findAll().filter((construct) => construct instanceof CfnPolicy);
      for (const policy of policies) {
        const statements: Record<string, unknown>[] = Stack.of(stack).resolve(
          policy.policyDocument,
        ).Statement;
        const found = statements.findIndex(({ Action }) => Action === 'kms:GenerateDataKey');
        if (found < 0) continue;
        policy.addPropertyOverride(`PolicyDocument.Statement.${found}.Condition`, undefined);
      }
    },
    allowList,
  ],
  ['prompts that are kept for ever', set(CfnBucket, 'LifecycleConfiguration', undefined), allowList],
  ['prompts with versions', set(CfnBucket, 'VersioningConfiguration', { Status: 'Enabled' }), allowList],
  [
    'a bucket of prompts that may be public',
    set(CfnBucket, 'PublicAccessBlockConfiguration.BlockPublicPolicy', false),
    allowList,
  ],
  [
    'a bucket of prompts that is deleted with the stack',
    (proxy) => find(proxy, CfnBucket).addOverride('DeletionPolicy', 'Delete'),
    allowList,
  ],
  [
    'a bucket of prompts that can be read without TLS',
    (proxy) => {
      const policy = find(proxy, CfnBucketPolicy);
      policy.node.scope?.node.tryRemoveChild(policy.node.id);
    },
    'AwsSolutions: AwsSolutions-S10',
  ],
  [
    'a bucket of prompts that another account may read',
    set(CfnBucketPolicy, 'PolicyDocument.Statement.0', {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Principal: { AWS: '111122223333' },
      Resource: '*',
    }),
    allowList,
  ],
  ['a function that may read prompts', changeAction('s3:PutObject', 's3:GetObject'), allowList],
  [
    'a function that may do more with X-Ray than send traces',
    changeAction('xray:PutTraceSegments', 'xray:GetTraceSummaries'),
    allowList,
  ],
  [
    'a permission on everything',
    allow(['xray:PutTraceSegments', 's3:PutObject'], ['*']),
    'Proxy: permission-is-named',
  ],
  ['a function that is not traced', set(CfnFunction, 'TracingConfig', undefined), 'Proxy: traced-together'],
  ['an inference profile of no plan', set(CfnApplicationInferenceProfile, 'Tags', undefined), allowList],
  [
    'an inference profile with the tag of a plan that does not exist',
    (stack) => {
      const profile = find(stack, CfnApplicationInferenceProfile);
      const seed = () => profile.addPropertyOverride('Tags.2.Value', 'nothing');
      Aspects.of(profile).add({ visit: seed }, { priority: AspectPriority.READONLY });
    },
    'Proxy: profile-has-plan',
  ],
  [
    'an inference profile of something else than a model',
    set(
      CfnApplicationInferenceProfile,
      'ModelSource.CopyFrom',
      'arn:aws:bedrock:us-east-1:111122223333:agent/a',
    ),
    allowList,
  ],
  ['a key that is never rotated', set(CfnKey, 'EnableKeyRotation', false), allowList],
  [
    'a key that CloudWatch Logs may use for other logs',
    set(CfnKey, 'KeyPolicy.Statement.1.Condition', undefined),
    allowList,
  ],
  [
    'a key that other accounts may use',
    set(CfnKey, 'KeyPolicy.Statement.0.Principal.AWS', 'arn:aws:iam::111122223333:user/other'),
    allowList,
  ],
  ['a role in another path than the others', set(CfnRole, 'Path', '/'), 'Proxy: roles-are-alike'],
];

const statement = (effect: string, condition = {}) => ({
  ...{ Effect: effect, Principal: { AWS: '*' }, Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
  ...condition,
});
const policyOf = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });

/** The same with a domain, for some addresses. */
const domainFaults: typeof faults = [
  [
    'a policy that denies no one',
    set(CfnRestApi, 'Policy', policyOf(statement('Allow'))),
    'Proxy: policy-denies',
  ],
  [
    'a policy that spares everyone',
    set(CfnRestApi, 'Policy.Statement.1.Condition.NotIpAddress', { 'aws:SourceIp': ['0.0.0.0/0'] }),
    'Proxy: policy-denies',
  ],
  [
    'a policy for another account',
    set(CfnRestApi, 'Policy.Statement.0.Principal', { AWS: '111122223333' }),
    allowList,
  ],
  ['a policy that takes old TLS', set(CfnRestApi, 'SecurityPolicy', 'TLS_1_0'), allowList],
  [
    'a domain that takes older TLS than the API',
    set(CfnDomainName, 'SecurityPolicy', 'TLS_1_2'),
    'Proxy: domain-leads-to-the-api',
  ],
  [
    'a domain that is not mapped',
    (proxy) => {
      const mapping = find(proxy, CfnBasePathMapping);
      mapping.node.scope?.node.tryRemoveChild(mapping.node.id);
    },
    'Proxy: domain-leads-to-the-api',
  ],
];

/** The same with a private API. */
const privateFaults: typeof faults = [
  [
    'a private API that names no VPC endpoint',
    set(CfnRestApi, 'EndpointConfiguration.VpcEndpointIds', undefined),
    'Proxy: private-is-for-its-endpoints',
  ],
  [
    'a private API that another VPC may call',
    set(CfnRestApi, 'Policy.Statement.1.Condition.StringNotEquals', {
      'aws:SourceVpce': ['vpce-0123456789abcdef0', 'vpce-0fedcba9876543210'],
    }),
    'Proxy: private-is-for-its-endpoints',
  ],
  [
    'an API without an address',
    set(CfnRestApi, 'DisableExecuteApiEndpoint', true),
    'Proxy: domain-leads-to-the-api',
  ],
];

const Report = z.object({
  pluginReports: z.array(
    z.object({ pluginName: z.string(), violations: z.array(z.object({ ruleName: z.string() })) }),
  ),
});

let synthesized = 0;

/** The findings of synthesis in a stack with a fault: check and rule. Fails if it synthesizes. */
function findings(seed: (proxy: BedrockProxy) => void, config = everythingOn, byCdk = false): string[] {
  synthesized += 1;
  const outdir = join(directory, `fault-${synthesized}`);
  const { app, stack } = createApp(config, {
    ...{ outdir, lambdaDirectory },
    builtinCloudFormationValidation: byCdk,
  });
  seed(stack.proxy);
  expect(() => app.synth()).toThrow();
  const file = join(outdir, 'validation-report.json');
  if (!existsSync(file)) throw new Error('synthesis wrote no report');
  const { pluginReports } = z.parse(Report, JSON.parse(readFileSync(file, 'utf8')));
  return pluginReports.flatMap(({ pluginName, violations }) =>
    violations.map(({ ruleName }) => `${pluginName}: ${ruleName}`),
  );
}

test('each of our own rules has a fault that it finds', () => {
  const all = [
    ...faults,
    ...signInFaults,
    ...noticeFaults,
    ...companyFaults,
    ...domainFaults,
    ...privateFaults,
  ];
  const finders = all.map(([, , foundBy]) => foundBy);
  const { name, ruleIds } = new TemplateRules();
  expect(ruleIds.filter((rule) => !finders.includes(`${name}: ${rule}`))).toEqual([]);
});

test.each(faults)('%s is found', (_fault, seed, foundBy) => {
  const byCdk = foundBy.startsWith('CloudFormation Validate');
  expect(findings(seed, everythingOn, byCdk)).toContain(foundBy);
});

test.each(signInFaults)('%s is found', (_fault, seed, foundBy) => {
  const signIn = { issuer: 'https://login.example.com', audience: 'app' };
  expect(findings(seed, parseProxyConfig({ ...everythingOn, signIn }))).toContain(foundBy);
});

test.each(noticeFaults)('%s is found', (_fault, seed, foundBy) => {
  expect(findings(seed, noticesOn)).toContain(foundBy);
});

test.each(companyFaults)('%s is found', (_fault, seed, foundBy) => {
  expect(findings(seed, companyOn)).toContain(foundBy);
});

test.each(domainFaults)('%s is found', (_fault, seed, foundBy) => {
  const config = parseProxyConfig({ ...shipped, ...withDomain });
  expect(findings(seed, config)).toContain(foundBy);
});

test.each(privateFaults)('%s is found', (_fault, seed, foundBy) => {
  const config = parseProxyConfig({ ...shipped, ...withPrivateApi });
  expect(findings(seed, config)).toContain(foundBy);
});
