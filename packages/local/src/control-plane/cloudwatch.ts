import { parseJson } from '@org/contract';
import * as z from 'zod/mini';
import type { Metric } from '../template/watch.ts';
import { jsonService, operation } from './json-protocol.ts';
import type { LogEvent } from './recorded-log.ts';

const seconds = z.number();

/**
 * The part of CloudWatch that reads: the alarms of the template, and the metrics in the lines that the functions wrote. It has no
 * metrics of AWS's own services.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export const cloudWatch = jsonService('CloudWatch', {
  DescribeAlarms: operation(
    z.strictObject({ AlarmNames: z.optional(z.array(z.string())), MaxRecords: z.optional(z.number()) }),
    ({ AlarmNames: names }, { api }) => ({
      MetricAlarms: api.watch.alarms
        .filter(({ name }) => names === undefined || names.includes(name))
        .map(({ name, actions, actionsEnabled, metric }) => ({
          ...{ AlarmName: name, ActionsEnabled: actionsEnabled, AlarmActions: actions },
          ...{ Namespace: metric.namespace, MetricName: metric.name },
          Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
        })),
    }),
  ),

  GetMetricData: operation(
    z.strictObject({
      MetricDataQueries: z.array(
        z.strictObject({
          Id: z.string(),
          MetricStat: z.strictObject({
            Metric: z.strictObject({
              Namespace: z.string(),
              MetricName: z.string(),
              Dimensions: z._default(z.array(z.strictObject({ Name: z.string(), Value: z.string() })), []),
            }),
            Period: z.number(),
            Stat: z.literal('Sum'),
          }),
        }),
      ),
      StartTime: seconds,
      EndTime: seconds,
    }),
    ({ MetricDataQueries: queries, StartTime: start, EndTime: end }, { log }) => {
      const events = log.all().filter(({ at }) => at >= start * 1000 && at < end * 1000);
      return {
        MetricDataResults: queries.map(({ Id, MetricStat: { Metric: asked, Period: period } }) => {
          const dimensions = Object.fromEntries(asked.Dimensions.map(({ Name, Value }) => [Name, Value]));
          const metric = { namespace: asked.Namespace, name: asked.MetricName, dimensions };
          const sums = new Map<number, number>();
          for (const event of events) {
            const slot = Math.floor(event.at / 1000 / period) * period;
            for (const value of valuesOf(metric, event)) sums.set(slot, (sums.get(slot) ?? 0) + value);
          }
          return {
            ...{ Id, Label: asked.MetricName, StatusCode: 'Complete' },
            ...{ Timestamps: [...sums.keys()], Values: [...sums.values()] },
          };
        }),
      };
    },
  ),
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const EmbeddedMetrics = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});

/** The values that a line has of a metric. */
function valuesOf({ namespace, name, dimensions }: Metric, { message }: LogEvent): number[] {
  const { data: line } = z.safeParse(EmbeddedMetrics, parseJson(message));
  const value = line?.[name];
  if (!line || typeof value !== 'number') return [];
  const isMetric = (names: readonly string[]) =>
    names.length === Object.keys(dimensions).length &&
    names.every((dimension) => line[dimension] === dimensions[dimension]);
  return line._aws.CloudWatchMetrics.filter(
    (directive) => directive.Namespace === namespace && directive.Metrics.some((each) => each.Name === name),
  )
    .flatMap((directive) => directive.Dimensions.filter(isMetric))
    .map(() => value);
}
