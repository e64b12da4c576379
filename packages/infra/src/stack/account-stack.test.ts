import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { directory, Template } from '../testing/template-under-test.ts';
import { synthesizeAccount } from './account-stack.ts';

test("the account's log role has AWS's managed policy, and outlives its stack", () => {
  const roles = { path: '/llm/', permissionsBoundary: 'arn:aws:iam::111122223333:policy/Boundary' };
  const deployed = {
    region: 'eu-west-1',
    bootstrapQualifier: 'acme',
    tags: { CostCentre: '4711' },
    roles,
  };
  const { stackName, templateFile } = synthesizeAccount(deployed, join(directory, 'account'));
  expect(stackName).toBe('api-gateway-log-role');
  const template: unknown = JSON.parse(readFileSync(templateFile, 'utf8'));
  expect(template).toMatchObject({
    Parameters: { BootstrapVersion: { Default: '/cdk-bootstrap/acme/version' } },
  });
  const { Resources } = z.parse(z.pick(Template, { Resources: true }), template);
  const found = Object.entries(Resources);
  expect(found).toHaveLength(2);
  const [roleId, role] = found.find(([, { Type }]) => Type === 'AWS::IAM::Role') ?? [];
  const [, account] = found.find(([, { Type }]) => Type === 'AWS::ApiGateway::Account') ?? [];
  const stays = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
  expect(role).toMatchObject({
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [{ Action: 'sts:AssumeRole', Principal: { Service: 'apigateway.amazonaws.com' } }],
      },
      Path: roles.path,
      PermissionsBoundary: roles.permissionsBoundary,
      Tags: [{ Key: 'CostCentre', Value: '4711' }],
      ManagedPolicyArns: [
        {
          'Fn::Join': [
            '',
            [expect.any(String), { Ref: 'AWS::Partition' }, expect.stringMatching(/PushToCloudWatchLogs$/)],
          ],
        },
      ],
    },
    ...stays,
  });
  expect(account).toMatchObject({
    Type: 'AWS::ApiGateway::Account',
    Properties: { CloudWatchRoleArn: { 'Fn::GetAtt': [roleId, 'Arn'] } },
    ...stays,
  });
});
