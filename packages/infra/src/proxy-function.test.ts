import { ProxyEnvironment } from '@org/lambda/environment';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../proxy.config.ts';
import { bedrockStatements } from './bedrock-access.ts';
import { parseProxyConfig } from './config.ts';
import { joined, only, resources, slow, type Template, templateOf } from './template-under-test.ts';

let template: Template;
beforeAll(() => {
  template = templateOf(shipped, 'shipped');
}, slow);

describe('the function', () => {
  test('runs the built bundle on Node 24 with a log of its own', () => {
    const [logGroupId] = resources(template, 'AWS::Logs::LogGroup').keys();
    expect(only(template, 'AWS::Lambda::Function')).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 1024,
      Timeout: 29,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: logGroupId } },
    });
    expect(only(template, 'AWS::Logs::LogGroup')).toMatchObject({ RetentionInDays: 30 });
  });

  /** The function's configuration as it reads it, the ids of the keys in words. */
  function environmentOf(of: Template): { readonly config: unknown; readonly table: unknown } {
    const keyNames = new Map(
      [...resources(of, 'AWS::ApiGateway::ApiKey')].map(([id, { Name }]) => [id, String(Name)]),
    );
    const { Variables } = z.parse(
      z.object({ Variables: z.strictObject({ PROXY_CONFIG: z.unknown(), PROXY_TABLE: z.unknown() }) }),
      only(of, 'AWS::Lambda::Function')['Environment'],
    );
    const text = joined(Variables.PROXY_CONFIG, (id) => `id-of-${keyNames.get(id)}`);
    return { config: z.parse(ProxyEnvironment, JSON.parse(text)), table: Variables.PROXY_TABLE };
  }

  test('is told models, plans, teams, limits, the ids of the keys and the name of its table', () => {
    const [tableId] = resources(template, 'AWS::DynamoDB::Table').keys();
    expect(environmentOf(template)).toStrictEqual({
      config: {
        models: ['titan', 'llama', 'nova-lite', 'nova-pro'],
        plans: {
          starter: {
            models: ['titan', 'llama'],
            limits: { requests: { month: 80 }, tokens: { month: 500_000 }, usd: { month: 0.25 } },
          },
          research: {
            models: ['titan', 'llama', 'nova-lite', 'nova-pro'],
            maxTokens: 2048,
            limits: {
              requests: { day: 800, month: 10_000 },
              tokens: { day: 1_000_000, month: 10_000_000 },
              usd: { day: 5, month: 50 },
            },
          },
        },
        teams: { toll: 'starter', research: 'research' },
        keys: { 'id-of-tollmkey': 'toll', 'id-of-research-key': 'research' },
      },
      table: { Ref: tableId },
    });
  });

  test(
    'is told limits of keys and prices of the config, and nothing of limits where there are none',
    () => {
      const limits = { tokens: { day: 5, month: null } };
      const prices = { titan: { input: 0.1, output: 0.2, cacheWrite: 0.3 } };
      const keys = [{ name: 'tollmkey', enabled: true, limits }];
      const config = {
        ...shipped,
        prices,
        plans: { starter: { ...Object.assign({}, shipped.plans['starter']), limits: undefined } },
        teams: { toll: { plan: 'starter', keys } },
      };
      expect(environmentOf(templateOf(parseProxyConfig(config), 'limits')).config).toStrictEqual({
        models: ['titan', 'llama', 'nova-lite', 'nova-pro'],
        prices,
        plans: { starter: { models: ['titan', 'llama'] } },
        teams: { toll: 'starter' },
        keys: { 'id-of-tollmkey': { team: 'toll', limits } },
      });
    },
    slow,
  );

  test('may write its log, call the models of the config, count in its table, and nothing else', () => {
    const profile = {
      'Fn::Join': [
        '',
        [
          'arn:aws:bedrock:us-east-1:',
          { Ref: 'AWS::AccountId' },
          ':inference-profile/us.meta.llama4-maverick-17b-instruct-v1:0',
        ],
      ],
    };
    const [logGroupId] = resources(template, 'AWS::Logs::LogGroup').keys();
    const [tableId] = resources(template, 'AWS::DynamoDB::Table').keys();
    const { PolicyDocument } = only(template, 'AWS::IAM::Policy');
    expect(PolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': [logGroupId, 'Arn'] },
        },
        {
          Effect: 'Allow',
          Action: 'bedrock:InvokeModel',
          Resource: [
            'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
            'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0',
            'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0',
            profile,
          ],
        },
        {
          Effect: 'Allow',
          Action: 'bedrock:InvokeModel',
          Resource: [
            'arn:aws:bedrock:us-east-1::foundation-model/meta.llama4-maverick-17b-instruct-v1:0',
            'arn:aws:bedrock:us-east-2::foundation-model/meta.llama4-maverick-17b-instruct-v1:0',
            'arn:aws:bedrock:us-west-2::foundation-model/meta.llama4-maverick-17b-instruct-v1:0',
          ],
          Condition: { StringEquals: { 'bedrock:InferenceProfileArn': profile } },
        },
        {
          Effect: 'Allow',
          Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
          Resource: { 'Fn::GetAtt': [tableId, 'Arn'] },
        },
      ],
    });
    const role = only(template, 'AWS::IAM::Role');
    expect(role).not.toHaveProperty('ManagedPolicyArns');
    expect(role).not.toHaveProperty('Policies');
  });

  test('may call an imported model by its ARN, and a model of two aliases once', () => {
    const modelId = 'arn:aws:bedrock:eu-west-1:111122223333:imported-model/abc';
    const config = parseProxyConfig({
      ...shipped,
      region: 'eu-west-1',
      models: [
        'titan',
        'nova-micro',
        {
          alias: 'own',
          upstream: 'invoke',
          format: 'llama',
          modelId,
          maxOutputTokens: 2048,
          lifecycle: { status: 'active' },
        },
      ],
      plans: { starter: { ...shipped.plans['starter'], models: ['own'], limits: undefined } },
      teams: { toll: { plan: 'starter', keys: ['tollmkey'] } },
    });
    const profile = 'arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.amazon.nova-micro-v1:0';
    const statements = bedrockStatements(config, { partition: 'aws', account: '111122223333' });
    expect(statements.map((statement) => statement.toJSON())).toEqual([
      { Effect: 'Allow', Action: 'bedrock:InvokeModel', Resource: [profile, modelId] },
      {
        Effect: 'Allow',
        Action: 'bedrock:InvokeModel',
        Resource: [
          'arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-micro-v1:0',
          'arn:aws:bedrock:eu-north-1::foundation-model/amazon.nova-micro-v1:0',
          'arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-micro-v1:0',
          'arn:aws:bedrock:eu-west-3::foundation-model/amazon.nova-micro-v1:0',
        ],
        Condition: { StringEquals: { 'bedrock:InferenceProfileArn': profile } },
      },
    ]);
  });
});
