import { type Route, routes } from '@org/contract';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../proxy.config.ts';
import {
  everythingOn,
  only,
  policyOf,
  proxyFunction,
  resources,
  slow,
  type Template,
  templateOf,
} from '../testing/template-under-test.ts';

let plain: Template;
let everything: Template;
beforeAll(() => {
  plain = templateOf(shipped, 'shipped');
  everything = templateOf(everythingOn, 'everything-on');
}, slow);

describe('the public surface', () => {
  const Method = z.object({
    HttpMethod: z.string(),
    ApiKeyRequired: z.boolean(),
    Integration: z.object({ Type: z.string() }),
  });
  const methods = (of: Template) =>
    [...resources(of, 'AWS::ApiGateway::Method').values()].map((method) => z.parse(Method, method));
  const table: readonly Route[] = Object.values(routes);

  test('is the routes, each behind a key; all that has no key is a preflight, and that runs nothing', () => {
    for (const template of [plain, everything]) {
      const open = methods(template).filter(({ ApiKeyRequired }) => !ApiKeyRequired);
      for (const method of open) {
        expect(method).toMatchObject({ HttpMethod: 'OPTIONS', Integration: { Type: 'MOCK' } });
      }
      expect(open).toHaveLength(template === everything ? table.length : 0);
      expect(methods(template)).toHaveLength(table.length + open.length);
    }
  });

  test('has one API, and no other way to a function', () => {
    for (const template of [plain, everything]) {
      expect(resources(template, 'AWS::ApiGateway::RestApi').size).toBe(1);
      const permissions = [...resources(template, 'AWS::Lambda::Permission').values()];
      expect(permissions.map(({ Principal }) => Principal)).toEqual(['apigateway.amazonaws.com']);
      for (const type of [
        'AWS::Lambda::Url',
        'AWS::ApiGateway::DomainName',
        'AWS::Lambda::EventSourceMapping',
      ]) {
        expect(resources(template, type).size).toBe(0);
      }
    }
  });
});

test('no option gives a function another permission, or another role to anyone', () => {
  expect(policyOf(everything)).toEqual(policyOf(plain));
  for (const type of ['AWS::IAM::Role', 'AWS::IAM::Policy']) {
    expect(resources(everything, type).size).toBe(1);
  }
});

test('no statement is for every resource, and only the table, the log and Bedrock are named', () => {
  for (const template of [plain, everything]) {
    for (const { Action, Resource } of policyOf(template)) {
      expect(JSON.stringify(Resource)).not.toContain('*');
      for (const action of [Action].flat()) expect(action).toMatch(/^(?:logs|bedrock|dynamodb):[A-Za-z]+$/);
    }
  }
});

test('no key has its value in the template, the outputs or a log format', () => {
  for (const template of [plain, everything]) {
    for (const key of resources(template, 'AWS::ApiGateway::ApiKey').values()) {
      expect(key).not.toHaveProperty('Value');
    }
    expect(JSON.stringify(template)).not.toMatch(/\$context\.identity\.apiKey(?!Id)/);
    const keys = [...resources(template, 'AWS::ApiGateway::ApiKey').keys()];
    for (const [name, { Value }] of Object.entries(template.Outputs)) {
      if (name.startsWith('KeyId')) expect(keys.map((id) => ({ Ref: id }))).toContainEqual(Value);
    }
  }
});

test('everything that takes tags has those of the deployment and of the config', () => {
  const untagged = Object.values(everything.Resources).filter(({ Properties }) => !('Tags' in Properties));
  expect([...new Set(untagged.map(({ Type }) => Type))].sort()).toEqual([
    // None of these takes tags.
    'AWS::ApiGateway::Deployment',
    'AWS::ApiGateway::GatewayResponse',
    'AWS::ApiGateway::Method',
    'AWS::ApiGateway::Model',
    'AWS::ApiGateway::RequestValidator',
    'AWS::ApiGateway::Resource',
    'AWS::ApiGateway::UsagePlanKey',
    // This one takes them, but cfn-lint does not know yet.
    'AWS::CloudWatch::Dashboard',
    'AWS::IAM::Policy',
    'AWS::Lambda::Permission',
    'AWS::SNS::Subscription',
    'AWS::SNS::TopicPolicy',
    'AWS::WAFv2::WebACLAssociation',
  ]);
  for (const { Properties } of Object.values(everything.Resources)) {
    if (!('Tags' in Properties)) continue;
    expect(Properties['Tags']).toEqual([
      { Key: 'Application', Value: 'bedrock-proxy' },
      { Key: 'CostCentre', Value: '4711' },
      { Key: 'Stage', Value: 'dev' },
    ]);
  }
});

test('memory and a ceiling on concurrency are those of the config, and there is no ceiling by default', () => {
  const settings = (of: Template) => proxyFunction(of).properties;
  expect(settings(everything)).toMatchObject({ ReservedConcurrentExecutions: 20, MemorySize: 256 });
  expect(settings(plain)).not.toHaveProperty('ReservedConcurrentExecutions');
});

test('a throttle of the config is for all keys of the stage together', () => {
  expect(only(everything, 'AWS::ApiGateway::Stage')).toMatchObject({
    MethodSettings: [
      { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 },
    ],
  });
});

test(
  'two stages of one account share no name but those of their keys',
  () => {
    const Named = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()) });
    const names = (of: Template) =>
      Object.values(of.Resources)
        .map((resource) => z.parse(Named, resource))
        .filter(({ Type }) => Type !== 'AWS::ApiGateway::ApiKey')
        .flatMap(({ Properties }) =>
          Object.entries(Properties).flatMap(([property, value]) =>
            /^(?:Name|\w*(?:Alarm|Dashboard|LogGroup|Plan|Role|Function|Table|Topic)Name)$/.test(property) &&
            typeof value === 'string'
              ? [value]
              : [],
          ),
        );
    const production = new Set(names(templateOf({ ...everythingOn, stage: 'prod' }, 'prod')));
    expect(names(everything).length).toBeGreaterThan(10);
    expect(names(everything).filter((name) => production.has(name))).toEqual([]);
  },
  slow,
);
