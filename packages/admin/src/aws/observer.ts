import { APIGatewayClient, GetStageCommand } from '@aws-sdk/client-api-gateway';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { paginateListSubscriptionsByTopic, SNSClient, type Subscription } from '@aws-sdk/client-sns';
import type { Endpoints } from './endpoints.ts';
import { Logs } from './logs.ts';
import { stackResources } from './stack-resources.ts';

/** A metric without dimensions. */
export interface SummedMetric {
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
}

/** Reads what a stack has besides its API: its settings as deployed, its logs, metrics and alarms. Changes nothing. */
export class Observer {
  readonly logs: Logs;
  readonly #stack: string;
  readonly #deployment: string;
  readonly #endpoints: Endpoints;
  readonly #apiGateway: APIGatewayClient;
  readonly #cloudWatch: CloudWatchClient;
  readonly #lambda: LambdaClient;
  readonly #sns: SNSClient;

  /** @param deployment Its name, which the names of its log groups and alarms have in them. */
  constructor({ stack, name }: { readonly stack: string; readonly name: string }, endpoints: Endpoints) {
    this.#stack = stack;
    this.#deployment = name;
    this.#endpoints = endpoints;
    this.#apiGateway = new APIGatewayClient(endpoints('api_gateway'));
    this.#cloudWatch = new CloudWatchClient(endpoints('cloudwatch'));
    this.#lambda = new LambdaClient(endpoints('lambda'));
    this.logs = new Logs(endpoints('cloudwatch_logs'));
    this.#sns = new SNSClient(endpoints('sns'));
  }

  /** The stack's resources of a type, also those that are not the deployment's. */
  resources(type: string): Promise<string[]> {
    return stackResources(this.#stack, type, this.#endpoints('cloudformation'));
  }

  /** The deployment's resources of a type that has names. */
  async named(type: 'AWS::CloudWatch::Alarm' | 'AWS::Logs::LogGroup'): Promise<string[]> {
    const names = await this.resources(type);
    return names.filter((name) => `${name.split('/').at(-1)}-`.startsWith(`${this.#deployment}-`));
  }

  /** Whether API Gateway logs the bodies of a stage's requests. */
  async logsBodies(restApiId: string, stageName: string): Promise<boolean> {
    const { methodSettings = {} } = await this.#apiGateway.send(
      new GetStageCommand({ restApiId, stageName }),
    );
    return Object.values(methodSettings).some(({ dataTraceEnabled = false }) => dataTraceEnabled);
  }

  /** A function's timeout in seconds, and the log group that it writes to. */
  async functionSettings(name: string): Promise<{ timeout: number; logGroup: string | undefined }> {
    const command = new GetFunctionConfigurationCommand({ FunctionName: name });
    const { Timeout: timeout = 0, LoggingConfig: logging } = await this.#lambda.send(command);
    return { timeout, logGroup: logging?.LogGroup };
  }

  /** @param names At most 100. */
  async alarms(names: readonly string[]): Promise<MetricAlarm[]> {
    const command = new DescribeAlarmsCommand({ AlarmNames: [...names], MaxRecords: 100 });
    return (await this.#cloudWatch.send(command)).MetricAlarms ?? [];
  }

  async subscriptions(topicArn: string): Promise<Subscription[]> {
    const subscriptions: Subscription[] = [];
    const pages = paginateListSubscriptionsByTopic({ client: this.#sns }, { TopicArn: topicArn });
    for await (const { Subscriptions: page = [] } of pages) subscriptions.push(...page);
    return subscriptions;
  }

  async sum({ namespace, name, since, until }: SummedMetric): Promise<number> {
    const { MetricDataResults: [result] = [] } = await this.#cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [
          {
            Id: 'sum',
            MetricStat: { Metric: { Namespace: namespace, MetricName: name }, Period: 60, Stat: 'Sum' },
          },
        ],
        // CloudWatch sums whole minutes.
        StartTime: new Date(since - (since % 60_000)),
        EndTime: new Date(until + 60_000),
      }),
    );
    return (result?.Values ?? []).reduce((sum, value) => sum + value, 0);
  }

  close(): void {
    for (const client of [this.#apiGateway, this.#cloudWatch, this.#lambda, this.#sns]) client.destroy();
    this.logs.close();
  }
}
