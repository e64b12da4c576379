import type { ErrorCode } from '@org/contract';
import type { MetricName, OtherMetricName } from '@org/lambda/log/metrics';
import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ProxyConfig } from '../../config/config.ts';

/** What a metric is counted over. */
export interface MetricView {
  /** Default: the sum. */
  readonly statistic?: string;
  /** Default: five minutes. */
  readonly period?: Duration;
  /** In a graph. Default: what distinguishes it from the others there. */
  readonly label?: string;
}

/** Where the function's metrics are, for each deployment its own. */
export function metricsNamespace({ name, stage }: ProxyConfig): string {
  return `${name}-${stage}`;
}

/** A metric of the function over all requests. */
export function proxyMetric(
  config: ProxyConfig,
  metricName: MetricName | OtherMetricName,
  view: MetricView = {},
): Metric {
  return new Metric({
    namespace: metricsNamespace(config),
    metricName,
    statistic: Stats.SUM,
    period: Duration.minutes(5),
    ...view,
  });
}

/** How many requests ended in an error of this code. API Gateway's own errors are not among them. */
export function errorMetric(config: ProxyConfig, code: ErrorCode, view: MetricView = {}): Metric {
  return proxyMetric(config, 'Errors', view).with({ dimensionsMap: { code } });
}
