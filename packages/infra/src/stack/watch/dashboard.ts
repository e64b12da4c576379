import { type ErrorCode, errorCodes, errorDefinition } from '@org/contract';
import type { MetricName } from '@org/lambda/log/metrics';
import { Duration } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ProxyConfig } from '../../config/config.ts';
import { logQueries } from './log-queries.ts';
import { errorMetric, type MetricView, proxyMetric } from './proxy-metrics.ts';

export interface DashboardProps {
  readonly config: ProxyConfig;
  /** The API's stage. */
  readonly stage: Stage;
  /** The function behind the API, and its log. */
  readonly handler: LambdaFunction;
  readonly logGroup: ILogGroup;
  /** The table of counters. */
  readonly table: Table;
  readonly alarms: readonly IAlarm[];
}

/** Columns of a dashboard. */
const columns = 24;

/**
 * A whole deployment on one page. 50 metrics per dashboard are free. The tables by team are queries over the logs,
 * because a team is not a dimension of a metric. They cost by the data that they read, each time they are shown.
 *
 * @see https://aws.amazon.com/cloudwatch/pricing/
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { name, stage, region } = props.config;
    new CloudWatchDashboard(this, 'Dashboard', {
      // One list has the dashboards of all Regions.
      dashboardName: `${name}-${stage}-${region}`,
      defaultInterval: Duration.days(1),
      widgets: widgetsOf(props),
    });
  }
}

function widgetsOf({ config, stage, handler, logGroup, table, alarms }: DashboardProps): IWidget[][] {
  const metric = (name: MetricName, view?: MetricView) => proxyMetric(config, name, { label: name, ...view });
  const errors = (code: ErrorCode, label: string = code) => errorMetric(config, code, { label });
  const percentiles = (name: MetricName, label: string) =>
    [50, 95].map((percentile) =>
      metric(name, { statistic: Stats.p(percentile), label: `${label} p${percentile}` }),
    );
  const tableMetric = (metricName: string, label: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName },
      statistic: Stats.SUM,
      period: Duration.minutes(5),
      label,
    });
  const ofFunction = (metricName: string, statistic: string, label = metricName) =>
    handler.metric(metricName, { statistic, period: Duration.minutes(5), label });
  const made = errorCodes.filter((code) => errorDefinition(code).madeBy.some((maker) => maker !== 'gateway'));

  return [
    ...(alarms.length > 0
      ? [[new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: columns, height: 3 })]]
      : []),
    row(
      graph('Requests', [stage.metricCount({ label: 'API' }), metric('Requests', { label: 'function' })]),
      graph(
        'Errors by code, of the function',
        made.map((code) => errors(code)),
        { stacked: true },
      ),
      graph('Errors of the API', [
        stage.metricClientError({ statistic: Stats.SUM, label: '4xx' }),
        stage.metricServerError({ statistic: Stats.SUM, label: '5xx' }),
      ]),
    ),
    row(
      query('Use by team', logGroup, logQueries.useByTeam),
      query('Limits by team: nearly reached, and refused', logGroup, logQueries.limitsByTeam),
    ),
    row(
      graph('Tokens', [
        metric('InputTokens', { label: 'input' }),
        metric('OutputTokens', { label: 'output' }),
      ]),
      graph('Cost in USD, by the price table', [metric('Cost')]),
      graph('Limits', [
        metric('LimitsNearlyReached'),
        metric('HoldsRefused'),
        errors('quota_exceeded'),
        errors('rate_limited'),
      ]),
    ),
    row(
      graph('Latency in ms', [
        ...percentiles('Latency', 'function'),
        ...percentiles('UpstreamLatency', 'Bedrock'),
      ]),
      graph('Time to the first piece of a stream in ms', percentiles('TimeToFirstDelta', 'first piece')),
      graph('Throttles', [
        errors('model_throttled', 'Bedrock'),
        ofFunction('Throttles', Stats.SUM, 'function'),
      ]),
    ),
    row(
      graph('Ledger', [
        metric('WrongCharges'),
        errors('limits_unavailable'),
        tableMetric('ReadThrottleEvents', 'DynamoDB read throttles'),
        tableMetric('WriteThrottleEvents', 'DynamoDB write throttles'),
      ]),
      graph('Function: calls in flight, and errors', [
        ofFunction('ConcurrentExecutions', Stats.MAXIMUM),
        ofFunction('Errors', Stats.SUM),
      ]),
      graph('Function: duration in ms', [
        ofFunction('Duration', Stats.p(50), 'p50'),
        ofFunction('Duration', Stats.p(95), 'p95'),
      ]),
    ),
  ];
}

/** Widgets side by side, of equal width. */
function row(...widgets: ((width: number) => IWidget)[]): IWidget[] {
  return widgets.map((widget) => widget(columns / widgets.length));
}

function graph(title: string, left: IMetric[], look: { stacked?: boolean } = {}) {
  return (width: number) => new GraphWidget({ title, left, width, ...look });
}

function query(title: string, logGroup: ILogGroup, queryLines: readonly string[]) {
  return (width: number) =>
    new LogQueryWidget({
      title,
      logGroupNames: [logGroup.logGroupName],
      queryLines: [...queryLines],
      view: LogQueryVisualizationType.TABLE,
      width,
    });
}
