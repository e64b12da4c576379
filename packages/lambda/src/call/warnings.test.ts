import type { LimitStatus } from '@org/contract';
import { expect, test } from 'vitest';
import { warningsOf } from './warnings.ts';

const spent = (used: number): LimitStatus => ({
  limit: 'usd',
  period: 'month',
  scope: 'team',
  max: 0.25,
  used,
  remaining: 0.25 - used,
  resetsAt: '2026-12-01T00:00:00.000Z',
});

test.each([
  [0.199999, []],
  [0.2, [80]],
  [0.237499, [80]],
  [0.2375, [95]],
  [0.3, [95]],
])('of a limit of 0.25 of which %f is used, the warnings are for %j', (used, thresholds) => {
  expect(warningsOf([spent(used)], [95, 80])).toEqual(
    thresholds.map((threshold) => ({ ...spent(used), threshold })),
  );
});

test('without shares there are no warnings', () => {
  expect(warningsOf([spent(0.25)], [])).toEqual([]);
});
