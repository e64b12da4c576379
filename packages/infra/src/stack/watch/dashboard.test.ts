import { errorCodes, errorDefinition } from '@org/contract';
import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../../proxy.config.ts';
import { joined, only, resources, slow, templateOf } from '../../testing/template-under-test.ts';

const MetricLine = z.array(z.union([z.string(), z.object({ stat: z.optional(z.string()) })]));
const Body = z.object({
  widgets: z.array(
    z.discriminatedUnion('type', [
      z.object({
        type: z.literal('metric'),
        properties: z.object({ title: z.string(), region: z.string(), metrics: z.array(MetricLine) }),
      }),
      z.object({ type: z.literal('log'), properties: z.object({ title: z.string(), query: z.string() }) }),
      z.object({ type: z.literal('alarm'), properties: z.object({ alarms: z.array(z.string()) }) }),
    ]),
  ),
});
let widgets: z.infer<typeof Body>['widgets'];
let alarmCount: number;
let name: unknown;
beforeAll(() => {
  const template = templateOf(shipped, 'shipped');
  const { DashboardBody, DashboardName } = only(template, 'AWS::CloudWatch::Dashboard');
  widgets = z.parse(Body, JSON.parse(joined(DashboardBody, (id) => id))).widgets;
  alarmCount = resources(template, 'AWS::CloudWatch::Alarm').size;
  name = DashboardName;
}, slow);

/** Metrics of the graphs, as texts: namespace, name, dimensions. */
const lines = (title?: string) =>
  widgets.flatMap((widget) =>
    widget.type === 'metric' && (title === undefined || widget.properties.title === title)
      ? widget.properties.metrics.map((line) => line.filter((part) => typeof part === 'string').join(' '))
      : [],
  );

test('has a name of its own in the list of all Regions', () => {
  expect(name).toBe('bedrock-proxy-dev-us-east-1');
});

test('shows no more metrics than are free of charge on a dashboard, which is 50', () => {
  expect(lines().length).toBeLessThanOrEqual(50);
});

test('shows every error code that the function can answer with', () => {
  const codes = errorCodes.filter((code) =>
    errorDefinition(code).madeBy.some((maker) => maker !== 'gateway'),
  );
  expect(lines('Errors by code, of the function')).toEqual(
    codes.map((code) => `bedrock-proxy-dev Errors code ${code}`),
  );
});

test('shows requests, tokens, cost, latency, throttles, the ledger and the function', () => {
  for (const metric of [
    /^AWS\/ApiGateway Count ApiName bedrock-proxy-dev Stage /,
    /^AWS\/ApiGateway 4XXError /,
    /^AWS\/ApiGateway 5XXError /,
    /^bedrock-proxy-dev Requests$/,
    /^bedrock-proxy-dev InputTokens$/,
    /^bedrock-proxy-dev OutputTokens$/,
    /^bedrock-proxy-dev Cost$/,
    /^bedrock-proxy-dev Latency$/,
    /^bedrock-proxy-dev UpstreamLatency$/,
    /^bedrock-proxy-dev TimeToFirstDelta$/,
    /^bedrock-proxy-dev HoldsRefused$/,
    /^bedrock-proxy-dev LimitsNearlyReached$/,
    /^bedrock-proxy-dev SettleFailures$/,
    /^AWS\/DynamoDB ReadThrottleEvents TableName /,
    /^AWS\/DynamoDB WriteThrottleEvents TableName /,
  ]) {
    expect(lines()).toContainEqual(expect.stringMatching(metric));
  }
  for (const metric of ['Errors', 'Throttles', 'ConcurrentExecutions', 'Duration']) {
    expect(lines()).toContainEqual(expect.stringMatching(`^AWS/Lambda ${metric} FunctionName`));
  }
});

test('breaks use and limits down by team from the log of the function, for a team is no dimension', () => {
  const queries = widgets.flatMap((widget) => (widget.type === 'log' ? [widget.properties.query] : []));
  expect(queries).toHaveLength(2);
  for (const query of queries) {
    expect(query).toMatch(/^SOURCE '[^']+' \| filter /);
    expect(query).toMatch(/ by team/);
  }
  expect(lines().join('\n')).not.toMatch(/team/i);
});

test('shows the state of every alarm', () => {
  const shown = widgets.flatMap((widget) => (widget.type === 'alarm' ? widget.properties.alarms : []));
  expect(shown).toHaveLength(alarmCount);
});
