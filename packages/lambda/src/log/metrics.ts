import { allInputTokens } from '@org/models';
import type { RequestLog } from './request-log.ts';

/** Names and units of what CloudWatch counts of a request. */
export const metricUnits = {
  /** Requests that came to the function. */
  Requests: 'Count',
  /** Requests that ended in an error, whatever its code. */
  Errors: 'Count',
  /** From the request's arrival in the function to its end. */
  Latency: 'Milliseconds',
  /** The part of it that Bedrock took. */
  UpstreamLatency: 'Milliseconds',
  /** For a stream, the time until its first piece of text. */
  TimeToFirstDelta: 'Milliseconds',
  /** Tokens that Bedrock read, those of a prompt cache included. */
  InputTokens: 'Count',
  /** Tokens that Bedrock wrote. */
  OutputTokens: 'Count',
  /** USD by the price table, if a price is known. */
  Cost: 'None',
  /** Requests that the ledger refused: `quota_exceeded`, `exceeds_limit`, `rate_limited`. */
  HoldsRefused: 'Count',
  /**
   * Wrong charges. Either a charge could not be written, so all that was held stays charged; or the call cost more than was
   * held, so a limit may be overspent.
   */
  WrongCharges: 'Count',
  /** Calls that the operator has to act on: `upstream_denied`, `model_unavailable`. */
  AccessFailures: 'Count',
  /** Limits that a call took past a share of `warnAt`: by default 80 and 95 %. */
  LimitsNearlyReached: 'Count',
} as const;

/** Names and units of what is counted in lines of their own. */
export const otherMetricUnits = {
  /** With `promptLog`: calls that could not be kept. Each has a line of message `prompt-log`, with its `requestId`. */
  PromptsNotKept: 'Count',
  /** With `notify`: notices that could not be sent. Each has a line of message `notice`, with its `requestId`. */
  NoticesNotSent: 'Count',
} as const;

/** What is for alarms: counted over all, and no other way. */
export const overAll: ReadonlySet<string> = new Set<MetricName>(['AccessFailures', 'LimitsNearlyReached']);

export type MetricName = keyof typeof metricUnits;
export type OtherMetricName = keyof typeof otherMetricUnits;

/** The metrics of a request, and what makes CloudWatch take them from the log line that they are part of. */
export type EmbeddedMetrics = Partial<Record<MetricName, number>> & { readonly _aws: object };

/**
 * The metrics of a request in CloudWatch's embedded metric format: over all, by operation and model, and errors by
 * code too. The team is not among the dimensions: each combination of their values is a metric that is paid for.
 *
 * @param namespace Of the deployment.
 * @param now Milliseconds since 1970.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(log: RequestLog, namespace: string, now: number): EmbeddedMetrics {
  const values = metricsOf(log);
  const known = (['operation', 'model'] as const).filter((name) => log[name] !== undefined);
  const dimensions = known.length > 0 ? [[], known] : [[]];
  const directive = (names: readonly string[], sets: readonly (readonly string[])[]) => ({
    Namespace: namespace,
    Dimensions: sets,
    Metrics: Object.entries(metricUnits).flatMap(([Name, Unit]) =>
      names.includes(Name) ? [{ Name, Unit }] : [],
    ),
  });
  const names = Object.keys(values);
  const CloudWatchMetrics = [
    directive(
      names.filter((name) => !overAll.has(name)),
      dimensions,
    ),
  ];
  const alarming = names.filter((name) => overAll.has(name));
  if (alarming.length > 0) CloudWatchMetrics.push(directive(alarming, [[]]));
  if (log.code) CloudWatchMetrics.push(directive(['Errors'], [['code']]));
  return { _aws: { Timestamp: now, CloudWatchMetrics }, ...values };
}

/**
 * The metric of a line about one thing that failed.
 *
 * @param namespace Of the deployment.
 * @param now Milliseconds since 1970.
 */
export function otherMetric(
  Name: OtherMetricName,
  namespace: string,
  now: number,
): Pick<EmbeddedMetrics, '_aws'> {
  const Metrics = [{ Name, Unit: otherMetricUnits[Name] }];
  const directive = { Namespace: namespace, Dimensions: [[]], Metrics };
  return { _aws: { Timestamp: now, CloudWatchMetrics: [directive] }, [Name]: 1 };
}

function metricsOf(log: RequestLog): Partial<Record<MetricName, number>> {
  const { code, usage } = log;
  const values: Record<MetricName, number | undefined> = {
    Requests: 1,
    Errors: code && 1,
    Latency: log.totalMs,
    UpstreamLatency: log.upstreamMs,
    TimeToFirstDelta: log.firstDeltaMs,
    InputTokens: usage && allInputTokens(usage),
    OutputTokens: usage?.outputTokens,
    Cost: log.costUsd,
    HoldsRefused:
      code === 'exceeds_limit' || code === 'quota_exceeded' || code === 'rate_limited' ? 1 : undefined,
    WrongCharges: log.settleError !== undefined || log.underestimated ? 1 : undefined,
    AccessFailures: code === 'upstream_denied' || code === 'model_unavailable' ? 1 : undefined,
    LimitsNearlyReached: log.limitsNearlyReached?.length,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
