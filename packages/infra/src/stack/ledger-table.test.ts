import { expect, test } from 'vitest';
import shipped from '../../proxy.config.ts';
import { configInTemplate } from '../config/deployed-config.ts';
import { companyOn, everythingOn, only, templateOf } from '../testing/template-under-test.ts';

test('the table keeps its counters longer than the stack, and can be restored to any second', () => {
  const template = templateOf(shipped);
  const entries = Object.entries(template.Resources).filter(
    ([, { Type }]) => Type === 'AWS::DynamoDB::Table',
  );
  expect(entries).toEqual([
    [
      expect.any(String),
      {
        Type: 'AWS::DynamoDB::Table',
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Metadata: { ProxyConfig: expect.objectContaining({ name: 'bedrock-proxy' }) },
        // No other properties: no name, no KMS key, which has a fee, and no stream.
        Properties: {
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'sk', AttributeType: 'S' },
          ],
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          BillingMode: 'PAY_PER_REQUEST',
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
          Tags: [
            { Key: 'Application', Value: 'bedrock-proxy' },
            { Key: 'Stage', Value: 'dev' },
          ],
        },
      },
    ],
  ]);
  expect(template.Outputs).toMatchObject({ TableName: { Value: { Ref: entries[0]?.[0] } } });
});

test('a table that need not outlive its stack is deleted with it', () => {
  const template = templateOf(everythingOn);
  expect(only(template, 'AWS::DynamoDB::Table')).toMatchObject({ DeletionProtectionEnabled: false });
  const [table] = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
  expect(table).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
});

test('the template says the config that it was made from', () => {
  for (const config of [shipped, companyOn]) {
    expect(configInTemplate(JSON.stringify(templateOf(config)), config)).toEqual(config);
  }
  const template = JSON.stringify(templateOf(shipped));
  expect(configInTemplate(template, { ...shipped, stage: 'prod' })).toBeUndefined();
  expect(configInTemplate(template.replace('"titan"', '1'), shipped)).toBeUndefined();
  expect(configInTemplate('Resources: {}', shipped)).toBeUndefined();
});
