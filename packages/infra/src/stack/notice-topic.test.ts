import { expect, test } from 'vitest';
import shipped from '../../proxy.config.ts';
import { parseProxyConfig } from '../config/config.ts';
import { webhookDelivery } from '../config/notify.ts';
import {
  companyWithNotices,
  everythingOn,
  noticesOn,
  policyOf,
  resources,
  type Template,
  templateOf,
} from '../testing/template-under-test.ts';

const template = templateOf(noticesOn);

const topicIdOf = (of: Template) => {
  const [id] = [...resources(of, 'AWS::SNS::Topic').keys()].filter((each) => each.startsWith('Notices'));
  return id;
};

/** The statements of the function's role with an action that begins so. */
const statementsFor = (start: string, of: Template) =>
  policyOf(of).filter(({ Action }) =>
    [Action].flat().some((action) => typeof action === 'string' && action.startsWith(start)),
  );

test('receivers of all teams get everything, those of a team its notices; webhooks are tried again', () => {
  const topic = { TopicArn: { Ref: topicIdOf(template) } };
  const subscriptions = [...resources(template, 'AWS::SNS::Subscription').values()];
  expect(subscriptions.filter(({ Endpoint }) => Endpoint !== 'operators@example.com')).toEqual([
    { ...topic, Protocol: 'email', Endpoint: 'ann@example.com' },
    { ...topic, Protocol: 'email', Endpoint: 'bob@example.com', FilterPolicy: { team: ['research'] } },
    {
      ...topic,
      ...{ Protocol: 'https', Endpoint: 'https://hooks.example.com/limits' },
      FilterPolicy: { team: ['research'] },
      DeliveryPolicy: {
        healthyRetryPolicy: expect.objectContaining({ numRetries: 18 }),
        requestPolicy: { headerContentType: 'application/json' },
      },
    },
  ]);
});

test('a webhook that fails is tried for at most the hour that SNS allows, however SNS spreads its attempts', () => {
  const {
    minDelayTarget: min,
    maxDelayTarget: max,
    numRetries,
    ...fixed
  } = webhookDelivery.healthyRetryPolicy;
  const { numMinDelayRetries: atMin, numMaxDelayRetries: atMax } = fixed;
  const between = numRetries - atMin - atMax;
  expect(atMin * min + atMax * max + (between * (min + max)) / 2).toBeLessThanOrEqual(3600);
});

test('messages are signed over SHA-256, and published only over TLS, by the function alone', () => {
  const id = topicIdOf(template) ?? '';
  expect(resources(template, 'AWS::SNS::Topic').get(id)).toMatchObject({
    DisplayName: 'bedrock-proxy-dev',
    SignatureVersion: '2',
  });
  const policies = [...resources(template, 'AWS::SNS::TopicPolicy').values()];
  expect(policies).toContainEqual(
    expect.objectContaining({
      Topics: [{ Ref: id }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [expect.objectContaining({ Effect: 'Deny', Action: 'sns:Publish', Principal: '*' })],
      },
    }),
  );
  expect(statementsFor('sns:', template)).toEqual([
    { Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: id } },
  ]);
});

test('with a key, it encrypts the topic, and the function may use it through SNS for that', () => {
  const own = templateOf(companyWithNotices);
  const [keyId] = resources(own, 'AWS::KMS::Key').keys();
  const key = { 'Fn::GetAtt': [keyId, 'Arn'] };
  for (const topic of resources(own, 'AWS::SNS::Topic').values())
    expect(topic['KmsMasterKeyId']).toEqual(key);
  expect(statementsFor('kms:', own)).toContainEqual({
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: key,
    Condition: { StringEquals: { 'kms:ViaService': 'sns.us-east-1.amazonaws.com' } },
  });
});

test('a key without alarms encrypts the topic of notices too', () => {
  const own = templateOf(parseProxyConfig({ ...companyWithNotices, alarms: false }));
  expect([...resources(own, 'AWS::SNS::Topic').values()]).toEqual([
    expect.objectContaining({ KmsMasterKeyId: expect.anything() }),
  ]);
});

test('notify: true makes a topic without receivers, and an alarm for what is not sent', () => {
  const on = templateOf(parseProxyConfig({ ...shipped, notify: true }));
  expect(resources(on, 'AWS::SNS::Subscription').size).toBe(0);
  expect(on.Outputs['NoticeTopicArn']).toMatchObject({ Value: { Ref: topicIdOf(on) } });
  expect(JSON.stringify([...resources(on, 'AWS::CloudWatch::Alarm').values()])).toContain('NoticesNotSent');
});

test('without the line there is no topic, no permission and no alarm for it', () => {
  const without = templateOf(everythingOn);
  expect(topicIdOf(without)).toBeUndefined();
  expect(statementsFor('sns:', without)).toEqual([]);
  expect(JSON.stringify(without)).not.toMatch(/NoticeTopic|notices-not-sent/);
});
