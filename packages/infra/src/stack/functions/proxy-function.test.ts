import { ProxyEnvironment } from '@org/lambda/environment';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../../proxy.config.ts';
import { parseProxyConfig } from '../../config/config.ts';
import {
  joined,
  policyOf,
  proxyFunction,
  resources,
  type Template,
  templateOf,
} from '../../testing/template-under-test.ts';

const template = templateOf(shipped);

describe('the function', () => {
  test('runs the built bundle on Node 24 with its own log', () => {
    const logGroups = resources(template, 'AWS::Logs::LogGroup');
    const { properties } = proxyFunction(template);
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Timeout: 900,
      LoggingConfig: { LogFormat: 'JSON' },
    });
    const { LoggingConfig } = z.parse(
      z.object({ LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }) }),
      properties,
    );
    expect(logGroups.get(LoggingConfig.LogGroup.Ref)).toMatchObject({
      LogGroupName: '/aws/lambda/bedrock-proxy-dev',
      RetentionInDays: 30,
    });
  });

  /** Its configuration as it reads it, with the ids of the keys as words. */
  function environmentOf(of: Template): { readonly config: unknown; readonly table: unknown } {
    const keyNames = new Map(
      [...resources(of, 'AWS::ApiGateway::ApiKey')].map(([id, { Name }]) => [id, String(Name)]),
    );
    const { Variables } = z.parse(
      z.object({
        Variables: z.strictObject({
          PROXY_CONFIG: z.unknown(),
          PROXY_IDS: z.unknown(),
          PROXY_TABLE: z.unknown(),
        }),
      }),
      proxyFunction(of).properties['Environment'],
    );
    const text = joined(Variables.PROXY_CONFIG, (id) => `id-of-${keyNames.get(id)}`);
    return { config: z.parse(ProxyEnvironment, JSON.parse(text)), table: Variables.PROXY_TABLE };
  }

  test("gets models, plans, teams, limits, the key ids and the table's name", () => {
    const [tableId] = resources(template, 'AWS::DynamoDB::Table').keys();
    expect(environmentOf(template)).toStrictEqual({
      config: {
        metrics: 'bedrock-proxy-dev',
        models: ['titan', 'llama', 'nova-lite', 'nova-pro', 'titan-embed-v2'],
        plans: {
          starter: {
            models: ['titan', 'llama', 'nova-lite', 'titan-embed-v2'],
            limits: { requests: { month: 100 }, tokens: { month: 500_000 }, usd: { month: 0.25 } },
          },
          research: {
            models: ['titan', 'llama', 'nova-lite', 'nova-pro', 'titan-embed-v2'],
            maxTokens: 2048,
            limits: shipped.plans['research']?.limits,
          },
        },
        teams: { toll: 'starter', research: 'research' },
        keys: { 'id-of-tollmkey': 'toll', 'id-of-research-key': 'research' },
      },
      table: { Ref: tableId },
    });
  });

  test('gets other names of models, and whether a plan lowers a `maxTokens` that is too high', () => {
    const { plans, ...config } = shipped;
    const aliases = { 'gpt-4o': 'nova-pro' };
    const lowering = templateOf({
      ...config,
      aliases,
      plans: Object.fromEntries(
        Object.entries(plans).map(([name, plan]) => [name, { ...plan, clampMaxTokens: name === 'research' }]),
      ),
    });
    expect(environmentOf(lowering).config).toMatchObject({
      aliases,
      plans: { research: { clampMaxTokens: true } },
    });
    expect(environmentOf(lowering).config).not.toHaveProperty('plans.starter.clampMaxTokens');
  });

  test("gets the config's key limits and prices, and no limits if there are none", () => {
    const limits = { tokens: { day: 5, month: null } };
    const prices = { titan: { input: 0.1, output: 0.2, cacheWrite: 0.3 } };
    const keys = [{ name: 'tollmkey', enabled: true, limits }];
    const config = {
      ...shipped,
      prices,
      plans: { starter: { ...Object.assign({}, shipped.plans['starter']), limits: undefined } },
      teams: { toll: { plan: 'starter', keys } },
    };
    expect(environmentOf(templateOf(parseProxyConfig(config))).config).toStrictEqual({
      metrics: 'bedrock-proxy-dev',
      models: ['titan', 'llama', 'nova-lite', 'nova-pro', 'titan-embed-v2'],
      prices,
      plans: { starter: { models: ['titan', 'llama', 'nova-lite', 'titan-embed-v2'] } },
      teams: { toll: 'starter' },
      keys: { 'id-of-tollmkey': { team: 'toll', limits } },
    });
  });

  test('gets guardrails and global inference, and may apply exactly those guardrails', () => {
    const guardrails = {
      named: { id: 'abc123', version: '4' },
      foreign: { id: 'arn:aws:bedrock:us-east-1:999988887777:guardrail/def456', version: 'DRAFT' },
    };
    const plan = { ...shipped.plans['starter'], limits: undefined };
    const guarded = templateOf(
      parseProxyConfig({
        ...shipped,
        globalInference: true,
        plans: {
          open: plan,
          named: { ...plan, guardrail: guardrails.named },
          again: { ...plan, guardrail: { ...guardrails.named, version: 'DRAFT' } },
          foreign: { ...plan, guardrail: guardrails.foreign },
        },
        teams: { toll: { plan: 'named', keys: ['tollmkey'] } },
      }),
    );
    const models = ['titan', 'llama', 'nova-lite', 'titan-embed-v2'];
    expect(environmentOf(guarded).config).toMatchObject({
      globalInference: true,
      plans: {
        open: { models },
        named: { models, guardrail: guardrails.named },
        foreign: { models, guardrail: guardrails.foreign },
      },
    });
    const applied = policyOf(guarded).filter(({ Action }) => Action === 'bedrock:ApplyGuardrail');
    expect(applied).toEqual([
      {
        Effect: 'Allow',
        Action: 'bedrock:ApplyGuardrail',
        Resource: [
          guardrails.foreign.id,
          {
            'Fn::Join': ['', ['arn:aws:bedrock:us-east-1:', { Ref: 'AWS::AccountId' }, ':guardrail/abc123']],
          },
        ],
      },
    ]);
  });

  test('may apply a guardrail that uses cross-Region inference in each Region of its profile, and does not get the profile itself', () => {
    const guardrail = { id: 'abc123', version: '4' };
    const profile = { id: 'us.guardrail.v1:0', regions: ['us-east-1', 'us-west-2'] };
    const plan = { ...shipped.plans['starter'], guardrail: { ...guardrail, profile } };
    const guarded = templateOf(
      parseProxyConfig({ ...shipped, plans: { ...shipped.plans, starter: plan, again: plan } }),
    );
    expect(environmentOf(guarded).config).toHaveProperty('plans.starter.guardrail', guardrail);
    const arn = (region: string, resource: string) => ({
      'Fn::Join': ['', [`arn:aws:bedrock:${region}:`, { Ref: 'AWS::AccountId' }, `:${resource}`]],
    });
    expect(policyOf(guarded)).toContainEqual({
      Effect: 'Allow',
      Action: 'bedrock:ApplyGuardrail',
      Resource: [
        arn('us-east-1', 'guardrail-profile/us.guardrail.v1:0'),
        arn('us-east-1', 'guardrail/abc123'),
        arn('us-west-2', 'guardrail-profile/us.guardrail.v1:0'),
      ],
    });
  });

  test('may write its log, call the models of the config, count in the table, and do nothing else', () => {
    const action = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
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
    const { LoggingConfig } = z.parse(
      z.object({ LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }) }),
      proxyFunction(template).properties,
    );
    const [tableId] = resources(template, 'AWS::DynamoDB::Table').keys();
    expect(policyOf(template)).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [LoggingConfig.LogGroup.Ref, 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: action,
        Resource: [
          'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
          'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0',
          'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0',
          'arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0',
          profile,
        ],
      },
      {
        Effect: 'Allow',
        Action: action,
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
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['team#*', 'key#*'] } },
      },
      {
        Effect: 'Allow',
        Action: 'dynamodb:GetItem',
        Resource: { 'Fn::GetAtt': [tableId, 'Arn'] },
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['plans'] } },
      },
    ]);
  });
});
