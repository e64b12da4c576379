import * as z from 'zod/mini';
import type { Resolver } from './resolver.ts';

/** An alarm over one metric, and the topics that it notifies. */
export interface Alarm {
  readonly name: string;
  /** Whether it notifies at all. */
  readonly actionsEnabled: boolean;
  /** ARNs. */
  readonly actions: readonly string[];
  readonly metric: Metric;
}

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface LogGroup {
  readonly name: string;
  /** Undefined: for ever. */
  readonly retentionDays: number | undefined;
}

/** A subscriber of a topic. */
export interface Subscription {
  readonly logicalId: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** The values of attributes that its messages have, by name. Undefined: it gets all. */
  readonly filter?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** How a deployment is watched: its alarms, its topics with their subscribers, and its log groups. */
export interface Watch {
  readonly alarms: readonly Alarm[];
  readonly logGroups: readonly LogGroup[];
  /** ARNs. */
  readonly topics: readonly string[];
  readonly subscriptions: readonly Subscription[];
}

const AlarmProperties = z.object({
  ActionsEnabled: z._default(z.boolean(), true),
  AlarmActions: z._default(z.array(z.string()), []),
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z._default(z.array(z.object({ Name: z.string(), Value: z.string() })), []),
});

const LogGroupProperties = z.object({ RetentionInDays: z.optional(z.number()) });

const SubscriptionProperties = z.object({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string(),
  FilterPolicy: z.optional(z.record(z.string(), z.array(z.string()))),
});

export function readWatch(resolver: Resolver): Watch {
  const alarms = resolver.idsOf('AWS::CloudWatch::Alarm').map((logicalId) => {
    const alarm = resolver.read(logicalId, AlarmProperties);
    return {
      name: resolver.ref(logicalId),
      actionsEnabled: alarm.ActionsEnabled,
      actions: alarm.AlarmActions,
      metric: {
        namespace: alarm.Namespace,
        name: alarm.MetricName,
        dimensions: Object.fromEntries(alarm.Dimensions.map(({ Name, Value }) => [Name, Value])),
      },
    };
  });
  const logGroups = resolver.idsOf('AWS::Logs::LogGroup').map((logicalId) => ({
    name: resolver.ref(logicalId),
    retentionDays: resolver.read(logicalId, LogGroupProperties).RetentionInDays,
  }));
  const subscriptions = resolver.idsOf('AWS::SNS::Subscription').map((logicalId) => {
    const subscription = resolver.read(logicalId, SubscriptionProperties);
    const { TopicArn: topicArn, Protocol: protocol, Endpoint: endpoint, FilterPolicy: filter } = subscription;
    return { logicalId, topicArn, protocol, endpoint, filter };
  });
  const topics = resolver.idsOf('AWS::SNS::Topic').map((logicalId) => resolver.ref(logicalId));
  return { alarms, logGroups, topics, subscriptions };
}
