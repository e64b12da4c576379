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

const template = templateOf(parseProxyConfig({ ...everythingOn, promptLog: { retentionDays: 30 } }));
const withKey = templateOf(companyOn);

const idOf = (of: Template, type: string) => [...resources(of, type).keys()][0];

/** The statements of the function's role for an action. */
const statementsFor = (action: string, of: Template) =>
  policyOf(of).filter(({ Action }) => [Action].flat().includes(action));

test('the bucket is closed to others, encrypted, without versions, and lets objects expire', () => {
  expect(only(template, 'AWS::S3::Bucket')).toMatchObject({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 30 }] },
  });
  expect(only(template, 'AWS::S3::Bucket')).not.toHaveProperty('VersioningConfiguration');
  expect(only(template, 'AWS::S3::BucketPolicy')).toMatchObject({
    PolicyDocument: {
      Statement: [
        { Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    },
  });
});

test('it stays with its policy when the stack is deleted, even with removalPolicy destroy', () => {
  const kept = Object.values(template.Resources).filter(({ Type }) => Type.startsWith('AWS::S3::'));
  expect(
    kept.map(({ DeletionPolicy, UpdateReplacePolicy }) => [DeletionPolicy, UpdateReplacePolicy]),
  ).toEqual([
    ['Retain', 'Retain'],
    ['Retain', 'Retain'],
  ]);
});

test('the function may write objects of calls, and no more', () => {
  const bucketArn = { 'Fn::GetAtt': [idOf(template, 'AWS::S3::Bucket'), 'Arn'] };
  expect(policyOf(template).filter(({ Action }) => JSON.stringify(Action).includes('s3:'))).toEqual([
    { Effect: 'Allow', Action: 's3:PutObject', Resource: { 'Fn::Join': ['', [bucketArn, '/calls/*']] } },
  ]);
});

test('with a key, it encrypts the bucket, and the function may use it through S3 for that', () => {
  const key = { 'Fn::GetAtt': [idOf(withKey, 'AWS::KMS::Key'), 'Arn'] };
  expect(only(withKey, 'AWS::S3::Bucket')).toMatchObject({
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
        },
      ],
    },
  });
  expect(statementsFor('kms:GenerateDataKey', withKey)).toContainEqual({
    Effect: 'Allow',
    Action: 'kms:GenerateDataKey',
    Resource: key,
    Condition: { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } },
  });
});

test('without the line there is no bucket, no permission and no alarm for it', () => {
  const without = templateOf(everythingOn);
  expect(resources(without, 'AWS::S3::Bucket').size).toBe(0);
  expect(statementsFor('s3:PutObject', without)).toEqual([]);
  expect(JSON.stringify(without)).not.toMatch(/promptLog|prompts-not-kept/);
});
