import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RequestLog } from './log.ts';
import { embeddedMetrics, metricUnits } from './metrics.ts';

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

test.each([
  ['a limit that is reached', { code: 'quota_exceeded' }, { HoldsRefused: 1, Errors: 1 }],
  ['calls in flight in the way', { code: 'rate_limited' }, { HoldsRefused: 1, Errors: 1 }],
  ['a charge that was not written', { settleError: 'TimeoutError' }, { SettleFailures: 1 }],
  ['access that the operator has to mend', { code: 'upstream_denied' }, { AccessFailures: 1 }],
  ['a model that is gone', { code: 'model_unavailable' }, { AccessFailures: 1 }],
  ['the first piece of a stream', { firstDeltaMs: 40 }, { TimeToFirstDelta: 40 }],
] as const)('%s is counted', (_case, log, expected) => {
  expect(metrics({ requestId: 'request-1', ...log })).toMatchObject(expected);
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

test('what is for alarms is counted over all and no other way', () => {
  const use = { scope: 'team', limit: 'usd', period: 'month', max: 5, used: 4.2 } as const;
  const { _aws, ...values } = metrics({ ...answered, limitsNearlyReached: [use, use] });
  expect(values).toMatchObject({ LimitsNearlyReached: 2 });
  expect(_aws).toMatchObject({
    CloudWatchMetrics: [{}, { Dimensions: [[]], Metrics: [{ Name: 'LimitsNearlyReached', Unit: 'Count' }] }],
  });
});

test('the operations page names every metric', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
  expect(Object.keys(metricUnits).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
