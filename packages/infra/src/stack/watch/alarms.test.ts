import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../../proxy.config.ts';
import { companyOn, everythingOn, only, resources, templateOf } from '../../testing/template-under-test.ts';

const template = templateOf(shipped);

const Alarm = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.unknown()),
  ComparisonOperator: z.literal('GreaterThanOrEqualToThreshold'),
  TreatMissingData: z.literal('notBreaching'),
});
const alarms = (of = template) =>
  [...resources(of, 'AWS::CloudWatch::Alarm').values()].map((alarm) => z.parse(Alarm, alarm));

const deployment = 'bedrock-proxy-dev';

test('every alarm says what to do, treats missing data as healthy, and goes to the one topic', () => {
  const [topicId] = resources(template, 'AWS::SNS::Topic').keys();
  expect(alarms()).toHaveLength(9);
  for (const { AlarmActions, AlarmDescription } of alarms()) {
    expect(AlarmActions).toEqual([{ Ref: topicId }]);
    // The longest text that CloudWatch allows.
    expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    expect(AlarmDescription).not.toMatch(/toll|research/);
  }
});

test("only this deployment's alarms may publish to the topic, and only over TLS", () => {
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
            ArnEquals: {
              // One by one: the alarms of "bedrock-proxy-dev-eu" begin so too.
              'aws:SourceArn': alarms().map(({ AlarmName }) => ({
                'Fn::Join': [
                  '',
                  ['arn:aws:cloudwatch:us-east-1:', { Ref: 'AWS::AccountId' }, `:alarm:${AlarmName}`],
                ],
              })),
            },
          },
        },
      ],
    },
  });
  // CloudWatch could not publish to a topic with the AWS managed key.
  expect(only(template, 'AWS::SNS::Topic')).not.toHaveProperty('KmsMasterKeyId');
  expect(resources(template, 'AWS::SNS::Subscription').size).toBe(0);
});

test('an address gets every alarm, and a ceiling on concurrency has its own', () => {
  const everything = templateOf(everythingOn);
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
});

test('a prompt log has its own alarm', () => {
  const names = alarms(templateOf(companyOn)).map(({ AlarmName }) => AlarmName);
  expect(names).toContain(`${deployment}-prompts-not-kept`);
});
