import fc from 'fast-check';
import { expect, test } from 'vitest';
import { periodStart, Quota } from './quota.ts';

const november = Date.UTC(2026, 10, 22, 12);

function admitted(quota: Quota, requests: number, now: number): number {
  return Array.from({ length: requests }).filter(() => quota.take(now)).length;
}

test('the first period has the limit less the offset, and later ones the limit', () => {
  const quota = new Quota({ limit: 100, period: 'MONTH', offset: 2 });
  expect(admitted(quota, 150, november)).toBe(98);
  expect(admitted(quota, 150, Date.UTC(2026, 11, 1) - 1)).toBe(0);
  expect(admitted(quota, 150, Date.UTC(2026, 11, 1))).toBe(100);
});

test('periods follow the UTC calendar, and weeks begin on Monday', () => {
  expect(new Date(periodStart('DAY', november)).toISOString()).toBe('2026-11-22T00:00:00.000Z');
  // 22 November 2026 is a Sunday.
  expect(new Date(periodStart('WEEK', november)).toISOString()).toBe('2026-11-16T00:00:00.000Z');
  expect(new Date(periodStart('MONTH', november)).toISOString()).toBe('2026-11-01T00:00:00.000Z');
});

test('a quota that changes keeps what was used in its period', () => {
  const quota = new Quota({ limit: 3, period: 'DAY', offset: 0 });
  expect(admitted(quota, 2, november)).toBe(2);
  quota.change({ limit: 5, period: 'DAY', offset: 0 });
  expect(admitted(quota, 9, november)).toBe(3);
});

test('a clock that goes back does not reopen a period', () => {
  const quota = new Quota({ limit: 1, period: 'DAY', offset: 0 });
  expect(quota.take(november)).toBe(true);
  expect(quota.take(november - 86_400_000)).toBe(false);
  expect(quota.take(november)).toBe(false);
});

const period = fc.constantFrom('DAY', 'WEEK', 'MONTH');

test('with any arrivals, no period admits more than the limit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      period,
      fc.array(fc.nat(3 * 86_400_000), { maxLength: 300 }),
      (limit, length, gaps) => {
        const quota = new Quota({ limit, period: length, offset: 0 });
        const admittedIn = new Map<number, number>();
        let now = november;
        for (const gap of gaps) {
          now += gap;
          const start = periodStart(length, now);
          admittedIn.set(start, (admittedIn.get(start) ?? 0) + (quota.take(now) ? 1 : 0));
        }
        expect(Math.max(0, ...admittedIn.values())).toBeLessThanOrEqual(limit);
      },
    ),
  );
});

test('a used-up quota reopens at the boundary, not before', () => {
  fc.assert(
    fc.property(period, fc.integer({ min: 1, max: 20 }), fc.nat(40), (length, limit, days) => {
      const quota = new Quota({ limit, period: length, offset: 0 });
      const now = november + days * 86_400_000;
      expect(admitted(quota, limit + 1, now)).toBe(limit);
      let boundary = now;
      while (periodStart(length, boundary) === periodStart(length, now)) {
        boundary += 86_400_000;
      }
      boundary = periodStart(length, boundary);
      expect(quota.take(boundary - 1)).toBe(false);
      expect(admitted(quota, limit + 1, boundary)).toBe(limit);
    }),
  );
});

test('a period begins at or before every moment in it', () => {
  fc.assert(
    fc.property(period, fc.nat(4_000_000_000_000), (length, now) => {
      const start = periodStart(length, now);
      expect(start).toBeLessThanOrEqual(now);
      expect(periodStart(length, start)).toBe(start);
      expect(new Date(start).toISOString()).toMatch(/T00:00:00\.000Z$/);
    }),
  );
});
