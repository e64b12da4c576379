import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import company from '../../examples/company.config.ts';
import shipped from '../../proxy.config.ts';
import {
  everythingOn,
  only,
  policyOf,
  proxyFunction,
  resources,
  type Template,
  templateOf,
} from '../testing/template-under-test.ts';

const plain = templateOf(shipped);
const everything = templateOf(everythingOn);

test('no option gives a function another permission, or adds a role', () => {
  expect(policyOf(everything)).toEqual(policyOf(plain));
  for (const type of ['AWS::IAM::Role', 'AWS::IAM::Policy']) {
    expect(resources(everything, type).size).toBe(resources(plain, type).size);
  }
});

test("every resource that takes tags has the deployment's and the config's", () => {
  const untagged = Object.values(everything.Resources).filter(({ Properties }) => !('Tags' in Properties));
  expect([...new Set(untagged.map(({ Type }) => Type))].sort()).toEqual([
    // None of these takes tags.
    'AWS::ApiGateway::Authorizer',
    'AWS::ApiGateway::Deployment',
    'AWS::ApiGateway::GatewayResponse',
    'AWS::ApiGateway::Method',
    'AWS::ApiGateway::Model',
    'AWS::ApiGateway::RequestValidator',
    'AWS::ApiGateway::Resource',
    'AWS::ApiGateway::UsagePlanKey',
    // This one does, but cfn-lint does not know yet.
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

test("memory and a ceiling on concurrency are the config's, and there is no ceiling by default", () => {
  const settings = (of: Template) => proxyFunction(of).properties;
  expect(settings(everything)).toMatchObject({ ReservedConcurrentExecutions: 20, MemorySize: 256 });
  expect(settings(plain)).not.toHaveProperty('ReservedConcurrentExecutions');
});

test('a throttle in the config applies to all keys of the stage together', () => {
  expect(only(everything, 'AWS::ApiGateway::Stage')).toMatchObject({
    MethodSettings: [
      { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 },
    ],
  });
});

test('two stages of one account share no names except those of their keys', () => {
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
  const production = new Set(names(templateOf({ ...everythingOn, stage: 'prod' })));
  expect(names(everything).length).toBeGreaterThan(10);
  expect(names(everything).filter((name) => production.has(name))).toEqual([]);
});

test('the example config of a company makes a template that passes every rule', () => {
  expect(resources(templateOf(company), 'AWS::ApiGateway::UsagePlan').size).toBe(3);
});
