import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../../proxy.config.ts';
import { joined, only, resources, templateOf } from '../../testing/template-under-test.ts';

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
const template = templateOf(shipped);
const { DashboardBody, DashboardName: name } = only(template, 'AWS::CloudWatch::Dashboard');
const { widgets } = Body.parse(JSON.parse(joined(DashboardBody, (id) => id)));

/** Metrics of the graphs, as strings: namespace, name, dimensions. */
const lines = () =>
  widgets.flatMap((widget) =>
    widget.type === 'metric'
      ? widget.properties.metrics.map((line) => line.filter((part) => typeof part === 'string').join(' '))
      : [],
  );

test('has a unique name in the list of all Regions', () => {
  expect(name).toBe('bedrock-proxy-dev-us-east-1');
});

test('shows no more metrics than the 50 that are free on a dashboard', () => {
  expect(lines().length).toBeLessThanOrEqual(50);
});

test("breaks use and limits down by team from the function's log, because a team is not a dimension", () => {
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
  expect(shown).toHaveLength(resources(template, 'AWS::CloudWatch::Alarm').size);
});
