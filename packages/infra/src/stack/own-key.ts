import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { ProxyConfig } from '../config/config.ts';

/**
 * The KMS key of the config: one that exists, or a new one that AWS rotates every year. Undefined if the config has none.
 *
 * A new key is kept as long as the table, which nothing can read without it.
 */
export function ownKey(scope: Construct, id: string, config: ProxyConfig): IKey | undefined {
  const { name, stage, kmsKey, removalPolicy } = config;
  if (kmsKey === undefined) return undefined;
  if (kmsKey !== 'create') return Key.fromKeyArn(scope, id, kmsKey);
  return new Key(scope, id, {
    description: `Encrypts the table, logs and notices of ${name}-${stage}`,
    enableKeyRotation: true,
    removalPolicy: removalPolicy === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}

/**
 * Encrypts all log groups and topics below a construct with a key, and lets a new key's policy allow that to AWS's
 * services: to CloudWatch Logs for these groups, and to CloudWatch for notices of these alarms. The policy of a key that
 * exists is its owner's to change.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function encryptLogsAndNotices(scope: Construct, key: IKey): void {
  const { partition, region, account } = Stack.of(scope);
  const arnsOf = (service: string, names: readonly (string | undefined)[]) =>
    names.map((name) => `arn:${partition}:${service}:${region}:${account}:${name}`);
  const all = scope.node.findAll();

  const logGroups = all.filter((construct) => construct instanceof CfnLogGroup);
  for (const logGroup of logGroups) logGroup.kmsKeyId = key.keyArn;
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Logs',
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      resources: ['*'],
      conditions: {
        ArnEquals: {
          'kms:EncryptionContext:aws:logs:arn': arnsOf(
            'logs',
            logGroups.map(({ logGroupName }) => `log-group:${logGroupName}`),
          ),
        },
      },
    }),
  );

  for (const topic of all.filter((construct) => construct instanceof CfnTopic))
    topic.kmsMasterKeyId = key.keyArn;
  const alarms = all.filter((construct) => construct instanceof CfnAlarm);
  if (alarms.length === 0) return;
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmNotices',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnEquals: {
          'aws:SourceArn': arnsOf(
            'cloudwatch',
            alarms.map(({ alarmName }) => `alarm:${alarmName}`),
          ),
        },
      },
    }),
  );
}
