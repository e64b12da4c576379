import { expect, test } from 'vitest';
import { embeddedMetrics, type MetricName } from './metrics.ts';
import type { RequestLog } from './request-log.ts';

const answered: RequestLog = {
  requestId: 'request-1',
  operation: 'ask',
  model: 'llama',
  status: 200,
  usage: { inputTokens: 3, outputTokens: 2, totalTokens: 15, cacheReadTokens: 10 },
  costUsd: 0.000007,
  upstreamMs: 80,
  totalMs: 95,
};

const metrics = (log: RequestLog) => embeddedMetrics(log, 'proxy-test', 1000);

test('an answer is counted over all and by operation and model, in the embedded metric format', () => {
  expect(metrics(answered)).toEqual({
    _aws: {
      Timestamp: 1000,
      CloudWatchMetrics: [
        {
          Namespace: 'proxy-test',
          Dimensions: [[], ['operation', 'model']],
          Metrics: [
            { Name: 'Requests', Unit: 'Count' },
            { Name: 'Latency', Unit: 'Milliseconds' },
            { Name: 'UpstreamLatency', Unit: 'Milliseconds' },
            { Name: 'InputTokens', Unit: 'Count' },
            { Name: 'OutputTokens', Unit: 'Count' },
            { Name: 'Cost', Unit: 'None' },
          ],
        },
      ],
    },
    Requests: 1,
    Latency: 95,
    UpstreamLatency: 80,
    InputTokens: 13,
    OutputTokens: 2,
    Cost: 0.000007,
  });
});

test('an error is counted by its code too', () => {
  const { _aws, ...values } = metrics({ ...answered, code: 'model_throttled' });
  expect(values).toMatchObject({ Errors: 1 });
  expect(_aws).toMatchObject({
    CloudWatchMetrics: [{}, { Dimensions: [['code']], Metrics: [{ Name: 'Errors', Unit: 'Count' }] }],
  });
});

const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
const use = { scope: 'team', limit: 'usd', period: 'month', max: 5, used: 4.2, threshold: 80 } as const;

/** What a request has that a metric is written of, and its value then. */
const occasions: Readonly<Record<MetricName, readonly (readonly [Partial<RequestLog>, number])[]>> = {
  Requests: [[{}, 1]],
  Errors: [[{ code: 'internal' }, 1]],
  Latency: [[{ totalMs: 2 }, 2]],
  UpstreamLatency: [[{ upstreamMs: 2 }, 2]],
  TimeToFirstDelta: [[{ firstDeltaMs: 2 }, 2]],
  InputTokens: [[{ usage }, 3]],
  OutputTokens: [[{ usage }, 2]],
  Cost: [[{ costUsd: 2 }, 2]],
  HoldsRefused: (['exceeds_limit', 'quota_exceeded', 'rate_limited'] as const).map((code) => [{ code }, 1]),
  WrongCharges: [
    [{ settleError: 'TimeoutError' }, 1],
    [{ underestimated: true }, 1],
  ],
  AccessFailures: (['upstream_denied', 'model_unavailable'] as const).map((code) => [{ code }, 1]),
  LimitsNearlyReached: [[{ limitsNearlyReached: [use] }, 1]],
};

test.each(
  Object.entries(occasions).flatMap(([name, logs]) =>
    logs.map(([log, value]) => [name, log, value] as const),
  ),
)('%s is written of a request with %j', (name, log, value) => {
  expect(metrics({ requestId: 'request-1', ...log })).toHaveProperty(name, value);
});

test.each<RequestLog>([
  answered,
  { requestId: 'request-1', operation: 'usage', code: 'internal', totalMs: 1 },
  { requestId: 'request-1', code: 'unknown_route' },
])('every metric that is announced has a value beside it, and every dimension too', (log) => {
  const line = { ...log, ...metrics(log) };
  const { CloudWatchMetrics: directives } = JSON.parse(JSON.stringify(line._aws));
  for (const { Dimensions, Metrics } of directives) {
    for (const name of [...Dimensions.flat(), ...Metrics.map(({ Name }: { Name: string }) => Name)]) {
      expect([name, typeof Reflect.get(line, name)]).not.toContain('undefined');
    }
  }
});

test('metrics for alarms are counted only over all calls', () => {
  const { _aws, ...values } = metrics({ ...answered, limitsNearlyReached: [use, use] });
  expect(values).toMatchObject({ LimitsNearlyReached: 2 });
  expect(_aws).toMatchObject({
    CloudWatchMetrics: [{}, { Dimensions: [[]], Metrics: [{ Name: 'LimitsNearlyReached', Unit: 'Count' }] }],
  });
});
