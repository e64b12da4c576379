import { expect, test } from 'vitest';
import { limitsWithoutEffect } from './limits-without-effect.ts';

const plan = { requests: { day: 20, month: 80 }, tokens: { month: null }, usd: { month: 0.25 } };

test("a limit of a key's own that is not below the one of its plan, by kind and period, has no effect", () => {
  const own = { requests: { day: 20, month: 79 }, usd: { day: 5, month: 1.5 } };
  expect(limitsWithoutEffect(own, plan)).toEqual({ requests: { day: 20 }, usd: { month: 1.5 } });
});

test('below it, or where the plan has none, each has one', () => {
  expect(limitsWithoutEffect({ usd: { month: 0.1 }, tokens: { month: 1_000_000 } }, plan)).toBeUndefined();
  expect(limitsWithoutEffect({ usd: { month: 100 } }, undefined)).toBeUndefined();
});
