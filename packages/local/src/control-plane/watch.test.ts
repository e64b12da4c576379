import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { localEndpoints } from '@org/admin';
import { expect, onTestFinished, test } from 'vitest';
import type { Template } from '../gateway.ts';
import { edit } from '../testing/deployment.ts';
import { startTestGateway } from '../testing/gateway.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
const group = '/aws/lambda/watched';

function watched(template: Template): Template {
  Object.assign(template.Resources, {
    Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: group, RetentionInDays: 7 } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'notices' } },
    Email: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'email', Endpoint: 'operators@example.com' },
    },
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        ...{ AlarmName: 'errors', AlarmActions: [{ Ref: 'Topic' }] },
        ...{ Namespace: 'app', MetricName: 'Errors', Dimensions: [{ Name: 'code', Value: 'late' }] },
      },
    },
  });
  return edit(template, 'Main', { FunctionName: 'main', LoggingConfig: { LogGroup: { Ref: 'Log' } } });
}

async function start() {
  const gateway = await startTestGateway({ editTemplate: watched, clock: { now: () => noon } });
  const settings = await localEndpoints(gateway.url, 'Test');
  const clients = {
    cloudFormation: new CloudFormationClient(settings('cloudformation')),
    cloudWatch: new CloudWatchClient(settings('cloudwatch')),
    lambda: new LambdaClient(settings('lambda')),
    logs: new CloudWatchLogsClient(settings('cloudwatch_logs')),
    sns: new SNSClient(settings('sns')),
  };
  onTestFinished(() => {
    for (const client of Object.values(clients)) client.destroy();
  });
  /** Has the function write lines. */
  const log = async (...lines: string[]) => {
    const steps = lines.map((line) => ['log', line] as const);
    const answer = await gateway.stream([['metadata', {}], ...steps, ['write', 'done'], ['end']]);
    expect(await answer.text()).toBe('done');
  };
  const search = async (filterPattern: string | undefined, startTime = noon) => {
    const command = new FilterLogEventsCommand({ logGroupName: group, filterPattern, startTime });
    const { events = [] } = await clients.logs.send(command);
    return events.map(({ message }) => message);
  };
  return { ...clients, log, search };
}

test('a search finds the lines that the function wrote, and no others', async () => {
  const { log, search, logs } = await start();
  const [acme, other, plain] = ['{"team":"acme","n":1}', '{"team":"other"}', 'a plain line of acme'];
  await log(acme, other, plain);
  expect(await search(undefined)).toEqual([acme, other, plain]);
  expect(await search('{ $.team = "acme" }')).toEqual([acme]);
  expect(await search('%acme|nowhere%')).toEqual([acme, plain]);
  expect(await search('%acme%', noon + 1)).toEqual([]);
  // Nothing is believed to have been searched for that was not.
  await expect(search('[w1, w2]')).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const elsewhere = logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/elsewhere' }));
  await expect(elsewhere).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a metric is the sum of what the lines say of it, by its dimensions', async () => {
  const { log, cloudWatch } = await start();
  const line = (code: string, Errors: number) =>
    JSON.stringify({
      ...{ code, Errors },
      _aws: {
        CloudWatchMetrics: [{ Namespace: 'app', Dimensions: [[], ['code']], Metrics: [{ Name: 'Errors' }] }],
      },
    });
  await log(line('late', 1), line('late', 2), line('lost', 4), '{"Errors":8}');
  const sum = async (Namespace: string, Dimensions: { Name: string; Value: string }[] = []) => {
    const Metric = { Namespace, MetricName: 'Errors', Dimensions };
    const { MetricDataResults: [result] = [] } = await cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'sum', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
        StartTime: new Date(noon),
        EndTime: new Date(noon + 60_000),
      }),
    );
    return result?.Values;
  };
  expect(await sum('app')).toEqual([7]);
  expect(await sum('app', [{ Name: 'code', Value: 'late' }])).toEqual([3]);
  expect(await sum('other')).toEqual([]);
});

test('alarms, subscribers, log groups and functions are described as the template has them', async () => {
  const { cloudFormation, cloudWatch, lambda, logs, sns } = await start();
  const { StackResourceSummaries: resources = [] } = await cloudFormation.send(
    new ListStackResourcesCommand({ StackName: 'Test' }),
  );
  const idOf = (type: string) =>
    resources.find(({ ResourceType }) => ResourceType === type)?.PhysicalResourceId;
  const topic = idOf('AWS::SNS::Topic');
  expect([idOf('AWS::Logs::LogGroup'), idOf('AWS::CloudWatch::Alarm')]).toEqual([group, 'errors']);
  const { MetricAlarms: alarms } = await cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames: ['errors'] }),
  );
  expect(alarms).toMatchObject([
    {
      ...{ AlarmName: 'errors', ActionsEnabled: true, AlarmActions: [topic], Namespace: 'app' },
      ...{ MetricName: 'Errors', Dimensions: [{ Name: 'code', Value: 'late' }] },
    },
  ]);
  const { Subscriptions: subscriptions } = await sns.send(
    new ListSubscriptionsByTopicCommand({ TopicArn: topic }),
  );
  expect(subscriptions).toMatchObject([{ Protocol: 'email', Endpoint: 'operators@example.com' }]);
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws' }));
  expect(logGroups).toMatchObject([{ logGroupName: group, retentionInDays: 7 }]);
  const main = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'main' }));
  expect(main).toMatchObject({ Timeout: 20, LoggingConfig: { LogGroup: group } });
});
