import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../proxy.config.ts';
import { everythingOn, resources, type Template, templateOf } from '../testing/template-under-test.ts';

const template = templateOf(shipped);
const everything = templateOf(everythingOn);

const typesOf = ({ Resources }: Template) => new Set(Object.values(Resources).map(({ Type }) => Type));

/** Resources that cost something only when used, or never. */
const freeWhileIdle = [
  'AWS::ApiGateway::ApiKey',
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Model',
  'AWS::ApiGateway::RequestValidator',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::UsagePlan',
  'AWS::ApiGateway::UsagePlanKey',
  'AWS::DynamoDB::Table',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
];

/** Resources with a monthly price, of which some are free: https://aws.amazon.com/cloudwatch/pricing/ */
const freeInSmallNumbers = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard'];

/** Shown if there are too many. */
const free =
  'ten are free; docs/decisions/0010-alarms-within-what-is-free.md says what is watched in their place';

/** The metrics that an alarm is billed for: one, or those of its expression. */
function alarmMetrics(of: Template): number {
  const Alarm = z.object({ Metrics: z.optional(z.array(z.object({ MetricStat: z.optional(z.unknown()) }))) });
  return [...resources(of, 'AWS::CloudWatch::Alarm').values()]
    .map((alarm) => z.parse(Alarm, alarm).Metrics ?? [{ MetricStat: true }])
    .reduce((sum, metrics) => sum + metrics.filter(({ MetricStat }) => MetricStat).length, 0);
}

describe('the default deployment', () => {
  test('has only resources that cost nothing while idle, alarms and a dashboard', () => {
    expect([...typesOf(template)].filter((type) => !freeWhileIdle.includes(type)).sort()).toEqual(
      freeInSmallNumbers,
    );
  });

  test('has no more alarms and dashboards than the free ones: ten alarm metrics and three dashboards a month', () => {
    const { size: alarms } = resources(template, 'AWS::CloudWatch::Alarm');
    expect(alarmMetrics(template), `metrics that alarms look at: ${free}`).toBeLessThanOrEqual(10);
    expect(alarms, `alarms: ${free}`).toBeLessThanOrEqual(10);
    expect(resources(template, 'AWS::CloudWatch::Dashboard').size).toBeLessThanOrEqual(3);
  });
});

describe('with every option on', () => {
  test('there are still at most ten alarms and three dashboards', () => {
    expect(resources(everything, 'AWS::CloudWatch::Alarm').size, `alarms: ${free}`).toBe(10);
    expect(resources(everything, 'AWS::CloudWatch::Dashboard').size).toBe(1);
  });

  test('only the web ACL has a price while idle, and there is still no KMS key', () => {
    const known = [...freeWhileIdle, ...freeInSmallNumbers];
    expect([...typesOf(everything)].filter((type) => !known.includes(type)).sort()).toEqual([
      'AWS::WAFv2::WebACL',
      'AWS::WAFv2::WebACLAssociation',
    ]);
    expect(JSON.stringify(everything)).not.toMatch(/kms/i);
  });
});

test('alarms and dashboard can be left out', () => {
  const types = typesOf(templateOf({ ...shipped, alarms: false, dashboard: false }));
  expect([...types].filter((type) => /CloudWatch|SNS/.test(type))).toEqual([]);
});

test('neither alarms nor the dashboard grow with the teams', () => {
  const teams = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [
      `team${index}`,
      { plan: 'starter', keys: [{ name: `key${index}`, enabled: true }] },
    ]),
  );
  const many = templateOf({ ...shipped, teams });
  for (const type of freeInSmallNumbers) {
    expect([...resources(many, type).values()]).toEqual([...resources(template, type).values()]);
  }
});
