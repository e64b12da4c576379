import { longestCallMs } from '@org/contract';
import { Duration } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ProxyConfig } from '../../config/config.ts';
import { hasNotices } from '../../config/notify.ts';
import { errorMetric, proxyMetric } from './proxy-metrics.ts';

/** One alarm. It rings when the metric is at or above the threshold; where there is no data, nothing is wrong. */
export interface AlarmDefinition {
  /** Last part of the alarm's name. */
  readonly name: string;
  /** What happened and what to do, for anyone who is woken up by it. */
  readonly description: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** Of the last `periods`, how many must be at the threshold. Default: 1 of 1. */
  readonly datapoints?: number;
  readonly periods?: number;
}

export interface AlarmSources {
  readonly config: ProxyConfig;
  /** The API's stage. */
  readonly stage: Stage;
  /** The function behind the API. */
  readonly handler: LambdaFunction;
}

const fiveMinutes = Duration.minutes(5);

/**
 * The alarms of a deployment. CloudWatch bills by the metrics that an alarm looks at, and ten a month are free, so an
 * alarm over two metrics counts twice; what API Gateway already counts as a 5xx is not watched again.
 *
 * @see https://aws.amazon.com/cloudwatch/pricing/
 */
export function alarmDefinitions({ config, stage, handler }: AlarmSources): AlarmDefinition[] {
  const { concurrency, promptLog } = config;
  const ofFunction = (metricName: 'Errors' | 'Throttles') =>
    handler.metric(metricName, { statistic: Stats.SUM, period: fiveMinutes });

  return [
    {
      name: 'server-errors',
      description:
        'More than 5 % of the requests end in a 5xx. "Errors by code" of the dashboard shows which; a 5xx that is not ' +
        'among them is a function that crashed or was throttled.',
      metric: stage.metricServerError({ statistic: Stats.AVERAGE, period: fiveMinutes }),
      threshold: 0.05,
      datapoints: 2,
      periods: 3,
    },
    {
      name: 'model-timeouts',
      description:
        `Answers are cut off, and may have to be paid for all the same: whole ones took longer than ` +
        `${longestCallMs.whole / 60_000} minutes, streams than ${longestCallMs.stream / 60_000}, or Bedrock fell silent. ` +
        'Compare UpstreamLatency by model; lower maxTokens, stream, or choose a faster model.',
      metric: errorMetric(config, 'model_timeout'),
      threshold: 3,
      datapoints: 2,
      periods: 3,
    },
    {
      name: 'model-throttled',
      description:
        'Bedrock throttles calls that the limits let through: its quota of tokens a minute, or a day, for a model ' +
        'is too small. Ask for a higher one in Service Quotas, or lower the throttles of the plans.',
      metric: errorMetric(config, 'model_throttled'),
      threshold: 10,
      datapoints: 2,
      periods: 3,
    },
    {
      name: 'access-failures',
      description:
        'Bedrock denies a model (upstream_denied) or does not have it (model_unavailable), and no retry helps. ' +
        'Enable access to it, replace it in the config, or check the permissions of the function.',
      metric: proxyMetric(config, 'AccessFailures'),
      threshold: 1,
    },
    {
      name: 'wrong-charges',
      description:
        'A charge is not what it should be. Where the log line has settleError, it could not be written, and what the call ' +
        'held stays charged: check the throttles and the health of the table. Where it has underestimated, the call cost ' +
        'more than it held, so a limit may have been passed by the difference: report the model, and lower its limits until ' +
        'its templateTokens are set.',
      metric: proxyMetric(config, 'WrongCharges'),
      threshold: 1,
    },
    {
      name: 'ledger-errors',
      description:
        'Calls are refused because the limits could not be checked (limits_unavailable). Check the throttles of the ' +
        'table, the health of DynamoDB, and that the table and the permissions of the function are there.',
      metric: errorMetric(config, 'limits_unavailable'),
      threshold: 5,
    },
    {
      name: 'function-errors',
      description:
        'The function crashed, ran out of memory or was killed by its timeout; what its calls held stays charged. See ' +
        'the lines of its log that are not of message "request".',
      // Without the authorizer: it throws for every caller that it refuses, so anybody could ring it. Where it fails, API
      // Gateway answers with a 5xx.
      metric: ofFunction('Errors'),
      threshold: 1,
    },
    {
      name: 'limit-nearly-reached',
      description:
        'A team or key has used a share of a limit, one of warnAt in the config. Which: query the log for ' +
        '"filter ispresent(limitsNearlyReached.0.limit)"; the fields are team, keyId and limitsNearlyReached.',
      metric: proxyMetric(config, 'LimitsNearlyReached', { period: Duration.minutes(1) }),
      threshold: 1,
    },
    {
      name: 'limit-reached',
      description:
        'A team or key was refused by a limit that is used up; that is final until the limit resets or is raised. ' +
        'Which: query the log for "filter code = \'quota_exceeded\'"; the fields are team, keyId ' +
        'and refusedBy.',
      // A team that goes on asking rings once, and again only after an hour of rest.
      metric: errorMetric(config, 'quota_exceeded', { period: Duration.hours(1) }),
      threshold: 1,
    },
    ...(promptLog
      ? [
          {
            name: 'prompts-not-kept',
            description:
              'Calls were answered, and the prompt log does not have them. Which, and why: query the log for ' +
              '"filter message = \'prompt-log\'"; the fields are requestId and failure. Check the bucket, its key, ' +
              'and the permissions of the function.',
            metric: proxyMetric(config, 'PromptsNotKept'),
            threshold: 1,
          },
        ]
      : []),
    ...(hasNotices(config)
      ? [
          {
            name: 'notices-not-sent',
            description:
              'A limit was nearly reached, and the notice of it could not be sent. Which, and why: query the log for ' +
              '"filter message = \'notice\'"; the fields are requestId and failure, and the line of the request has ' +
              'limitsNearlyReached. Check the topic, its key, and the permissions of the function.',
            metric: proxyMetric(config, 'NoticesNotSent'),
            threshold: 1,
          },
        ]
      : []),
    ...(concurrency === undefined
      ? []
      : [
          {
            name: 'function-throttles',
            description:
              'The function was called while as many calls were in flight as the ceiling allows (concurrency of the ' +
              'config), and the caller got a 500. Raise the ceiling, or lower the throttles of the plans.',
            metric: ofFunction('Throttles'),
            threshold: 1,
          },
        ]),
  ];
}
