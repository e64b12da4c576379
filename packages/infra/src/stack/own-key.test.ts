import { expect, test } from 'vitest';
import { parseProxyConfig } from '../config/config.ts';
import {
  companyOn,
  everythingOn,
  only,
  policyOf,
  resources,
  type Template,
  templateOf,
} from '../testing/template-under-test.ts';

const own = templateOf(companyOn);
const arn = 'arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0123-4567-89ab-0a1b2c3d4e5f';
const given = templateOf(parseProxyConfig({ ...everythingOn, kmsKey: arn }));

const [keyId] = resources(own, 'AWS::KMS::Key').keys();
const madeKey = { 'Fn::GetAtt': [keyId, 'Arn'] };

function keysIn(template: Template): unknown[] {
  return [
    only(template, 'AWS::DynamoDB::Table')['SSESpecification'],
    ...[...resources(template, 'AWS::Logs::LogGroup').values()].map(({ KmsKeyId }) => KmsKeyId),
    only(template, 'AWS::SNS::Topic')['KmsMasterKeyId'],
  ];
}

test.each([
  ['a new key', own, madeKey],
  ['a key that exists', given, arn],
])('%s encrypts the table, every log and the notices of alarms', (_which, template, key) => {
  const table = { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key };
  expect(keysIn(template)).toEqual([table, key, key, key, key]);
});

test('a function may use the key through DynamoDB and S3 only', () => {
  const onKeys = policyOf(own).filter(({ Action }) => JSON.stringify(Action).includes('kms:'));
  expect(onKeys).toEqual([
    {
      Effect: 'Allow',
      Action: expect.arrayContaining(['kms:Decrypt']),
      Resource: madeKey,
      Condition: { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } },
    },
    {
      Effect: 'Allow',
      Action: 'kms:GenerateDataKey',
      Resource: madeKey,
      Condition: { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } },
    },
  ]);
});

test("a new key is rotated, and serves CloudWatch for this stack's logs and alarms only", () => {
  const name = (of: string) => ({
    'Fn::Join': ['', ['arn:aws:logs:us-east-1:', { Ref: 'AWS::AccountId' }, `:log-group:${of}`]],
  });
  expect(only(own, 'AWS::KMS::Key')).toMatchObject({
    EnableKeyRotation: true,
    KeyPolicy: {
      Statement: [
        { Action: 'kms:*' },
        {
          Principal: { Service: 'logs.us-east-1.amazonaws.com' },
          Condition: {
            ArnEquals: {
              'kms:EncryptionContext:aws:logs:arn': [
                name('/aws/lambda/bedrock-proxy-dev'),
                name('/aws/lambda/bedrock-proxy-dev-authorizer'),
                name('/aws/apigateway/bedrock-proxy-dev'),
              ],
            },
          },
        },
        {
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    },
  });
});

test('a new key is kept as long as the table', () => {
  const policy = (template: Template) => [
    ...new Set(
      Object.values(template.Resources)
        .filter(({ Type }) => ['AWS::KMS::Key', 'AWS::DynamoDB::Table'].includes(Type))
        .map(({ DeletionPolicy }) => DeletionPolicy),
    ),
  ];
  const kept = templateOf(parseProxyConfig({ ...companyOn, alarms: false, removalPolicy: 'retain' }));
  expect([policy(own), policy(kept)]).toEqual([['Delete'], ['Retain']]);
  expect(resources(kept, 'AWS::SNS::Topic').size).toBe(0);
});
