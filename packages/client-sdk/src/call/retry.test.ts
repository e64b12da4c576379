import { errorCodes } from '@org/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideRetry, type Failure, type Situation } from './retry.ts';

const failure: Failure = { code: 'internal', retryable: true };
const situation: Situation = { attempts: 1, elapsedMs: 0, deadlineMs: 90_000, random: 0 };

describe('without a hint the wait doubles, and is half to whole of', () => {
  test.each([
    [1, 500],
    [2, 1000],
    [3, 2000],
    [4, 4000],
    [5, 8000],
    [6, 8000],
    [40, 8000],
  ])('after attempt %d: %d ms', (attempts, ms) => {
    expect(decideRetry(failure, { ...situation, attempts, random: 0 })).toBe(ms / 2);
    expect(decideRetry(failure, { ...situation, attempts, random: 1 })).toBe(ms);
  });
});

test.each([
  ['a hint is waited for', 1000, 0, 1000],
  ['something is added, so that callers do not come back at once', 1000, 1, 1500],
  ['up to a tenth where that is more', 60_000, 1, 66_000],
  ['up to the hint itself', 100, 1, 200],
  ['a hint of zero is a hint', 0, 1, 0],
  ['a minute is the longest hint that is waited for', 60_000, 0, 60_000],
  ['a longer one is left to the caller', 60_001, 0, undefined],
])('%s', (_, retryAfterMs, random, waitMs) => {
  expect(decideRetry({ ...failure, retryAfterMs }, { ...situation, random })).toBe(waitMs);
});

test('each attempt spreads more than the one before', () => {
  const hinted = { ...failure, retryAfterMs: 5000 };
  const longest = [1, 2, 3, 4].map((attempts) => decideRetry(hinted, { ...situation, attempts, random: 1 }));
  expect(longest).toEqual([5500, 6000, 7000, 9000]);
});

test('a wait is a whole number of milliseconds, which is easy to read in a log', () => {
  expect(decideRetry({ ...failure, retryAfterMs: 1000 }, { ...situation, random: 0.0383 })).toBe(1020);
  expect(decideRetry(failure, { ...situation, random: 0.0383 })).toBe(260);
  expect(decideRetry({ ...failure, retryAfterMs: 0.4 }, situation)).toBe(1);
});

test('what is not retryable is not retried, whatever the hint', () => {
  expect(decideRetry({ ...failure, retryable: false, retryAfterMs: 1 }, situation)).toBeUndefined();
});

test('a quota is never retried, even where an error claims that it is retryable', () => {
  expect(
    decideRetry({ code: 'quota_exceeded', retryable: true, retryAfterMs: 1 }, situation),
  ).toBeUndefined();
});

test('a wait that would end at the deadline or after it is not begun', () => {
  const hinted = { ...failure, retryAfterMs: 1000 };
  expect(decideRetry(hinted, { ...situation, elapsedMs: 88_999 })).toBe(1000);
  expect(decideRetry(hinted, { ...situation, elapsedMs: 89_000 })).toBeUndefined();
});

test('no wait is ever shorter than the hint, longer than twice it, or past the deadline', () => {
  const failures = fc.record({
    code: fc.constantFrom(...errorCodes, 'connection_failed'),
    retryable: fc.boolean(),
    retryAfterMs: fc.option(fc.nat(200_000), { nil: undefined }),
  });
  const situations = fc.record({
    attempts: fc.integer({ min: 1, max: 100 }),
    elapsedMs: fc.nat(100_000),
    deadlineMs: fc.integer({ min: 1, max: 200_000 }),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(failures, situations, (failed, when) => {
      const waitMs = decideRetry(failed, when);
      if (waitMs === undefined) {
        return;
      }
      expect(failed.retryable).toBe(true);
      expect(waitMs).toBeGreaterThanOrEqual(failed.retryAfterMs ?? 250);
      expect(waitMs).toBeLessThanOrEqual((failed.retryAfterMs ?? 4000) * 2 + 1);
      expect(when.elapsedMs + waitMs).toBeLessThan(when.deadlineMs);
    }),
  );
});
