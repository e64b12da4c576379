import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../../proxy.config.ts';
import {
  everythingOn,
  only,
  resources,
  slow,
  type Template,
  templateOf,
} from '../../testing/template-under-test.ts';
import { logQueries } from './log-queries.ts';

let template: Template;
beforeAll(() => {
  template = templateOf(shipped, 'shipped');
}, slow);

const Dimensions = z.optional(z.array(z.object({ Name: z.string(), Value: z.unknown() })));
const Alarm = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.unknown()),
  ComparisonOperator: z.literal('GreaterThanOrEqualToThreshold'),
  TreatMissingData: z.literal('notBreaching'),
  Threshold: z.number(),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number(),
  Namespace: z.optional(z.string()),
  MetricName: z.optional(z.string()),
  Dimensions,
  Statistic: z.optional(z.string()),
  ExtendedStatistic: z.optional(z.string()),
  Period: z.optional(z.number()),
});
const alarms = (of = template) =>
  [...resources(of, 'AWS::CloudWatch::Alarm').values()].map((alarm) => z.parse(Alarm, alarm));

/** What an alarm of one metric watches. */
function watched({
  Namespace,
  MetricName,
  Dimensions = [],
  ...alarm
}: z.infer<typeof Alarm>): readonly unknown[] {
  const codes = Dimensions.flatMap(({ Name, Value }) => (Name === 'code' ? [Value] : []));
  const metric = [Namespace, MetricName, ...codes].join(' ');
  const { Statistic, ExtendedStatistic, Period, DatapointsToAlarm, EvaluationPeriods, Threshold } = alarm;
  return [
    metric,
    Statistic ?? ExtendedStatistic,
    Threshold,
    `${DatapointsToAlarm} of ${EvaluationPeriods} x ${Period} s`,
  ];
}

const deployment = 'bedrock-proxy-dev';

test.each([
  ['server-errors', 'AWS/ApiGateway 5XXError', 'Average', 0.05, '2 of 3 x 300 s'],
  ['model-timeouts', `${deployment} Errors model_timeout`, 'Sum', 3, '2 of 3 x 300 s'],
  ['model-throttled', `${deployment} Errors model_throttled`, 'Sum', 10, '2 of 3 x 300 s'],
  ['access-failures', `${deployment} AccessFailures`, 'Sum', 1, '1 of 1 x 300 s'],
  ['settle-failures', `${deployment} SettleFailures`, 'Sum', 1, '1 of 1 x 300 s'],
  ['ledger-errors', `${deployment} Errors limits_unavailable`, 'Sum', 5, '1 of 1 x 300 s'],
  ['function-errors', 'AWS/Lambda Errors', 'Sum', 1, '1 of 1 x 300 s'],
  ['limit-nearly-reached', `${deployment} LimitsNearlyReached`, 'Sum', 1, '1 of 1 x 60 s'],
  ['limit-reached', `${deployment} Errors quota_exceeded`, 'Sum', 1, '1 of 1 x 3600 s'],
])('%s watches %s', (name, ...expected) => {
  const [alarm, ...others] = alarms().filter(({ AlarmName }) => AlarmName === `${deployment}-${name}`);
  expect(others).toEqual([]);
  expect(alarm && watched(alarm)).toEqual(expected);
});

test('every alarm says what to do, takes silence for health, and goes to the one topic', () => {
  const [topicId] = resources(template, 'AWS::SNS::Topic').keys();
  expect(alarms()).toHaveLength(9);
  for (const { AlarmActions, AlarmDescription } of alarms()) {
    expect(AlarmActions).toEqual([{ Ref: topicId }]);
    // As long as CloudWatch allows.
    expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    expect(AlarmDescription).not.toMatch(/toll|research/);
  }
});

test('only the alarms of this deployment publish to the topic, and only over TLS', () => {
  const [topicId] = resources(template, 'AWS::SNS::Topic').keys();
  expect(only(template, 'AWS::SNS::TopicPolicy')).toMatchObject({
    Topics: [{ Ref: topicId }],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Deny',
          Action: 'sns:Publish',
          Principal: '*',
          Resource: { Ref: topicId },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Resource: { Ref: topicId },
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: {
              'aws:SourceArn': {
                'Fn::Join': [
                  '',
                  ['arn:aws:cloudwatch:us-east-1:', { Ref: 'AWS::AccountId' }, `:alarm:${deployment}-*`],
                ],
              },
            },
          },
        },
      ],
    },
  });
  // CloudWatch could not publish to a topic with the key that AWS manages.
  expect(only(template, 'AWS::SNS::Topic')).not.toHaveProperty('KmsMasterKeyId');
  expect(resources(template, 'AWS::SNS::Subscription').size).toBe(0);
});

test(
  'an address gets every alarm, and a ceiling on concurrency has one of its own',
  () => {
    const everything = templateOf(everythingOn, 'everything-on');
    const [topicId] = resources(everything, 'AWS::SNS::Topic').keys();
    expect(only(everything, 'AWS::SNS::Subscription')).toEqual({
      Protocol: 'email',
      Endpoint: 'operators@example.com',
      TopicArn: { Ref: topicId },
    });
    expect(alarms(everything).map(({ AlarmName }) => AlarmName)).toEqual([
      ...alarms().map(({ AlarmName }) => AlarmName),
      `${deployment}-function-throttles`,
    ]);
  },
  slow,
);

test('the operations page has every alarm, and the queries of the dashboard as they are', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../../docs/operations.md'), 'utf8');
  const everything = templateOf(everythingOn, 'documented');
  for (const { AlarmName } of alarms(everything)) {
    expect(page).toContain(`### ${AlarmName.slice(deployment.length + 1)}\n`);
  }
  for (const query of Object.values(logQueries)) expect(page).toContain(query.join('\n| '));
});
