import { expect, test } from 'vitest';
import { nearestLimit } from './usage-report.ts';

const limit = (max: number, used: number) => ({
  ...{ limit: 'usd', period: 'day', scope: 'team', resetsAt: '2026-11-23T00:00:00Z' },
  ...{ max, used, remaining: max - used },
});

test('the nearest limit is the one with the largest used share, and a limit of 0 is used up', () => {
  const nearest = (...limits: ReturnType<typeof limit>[]) =>
    nearestLimit({ team: 'acme', plan: 'starter', counted: true, used: {}, limits });
  expect(nearest(limit(50, 31), limit(10, 9))).toBe(0.9);
  expect(nearest(limit(0, 0))).toBe(1);
  expect(nearest()).toBe(0);
});
