import { expect, test } from 'vitest';
import { costInMicroUsd, dearestRates, Price } from './price.ts';

const standard = { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25, cacheWrite1h: 2 };
const longContext = {
  ...{ input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25, cacheWrite1h: 10 },
  above: 1000,
};
const short = { mostInputTokens: 1000, cached: [] };

test('whole micro-USD stay whole, and parts of one are rounded up', () => {
  expect(costInMicroUsd({ input: 0.06, output: 0.24 }, { inputTokens: 1000, outputTokens: 100 })).toBe(84);
  expect(costInMicroUsd({ input: 0.1, output: 0.2 }, { inputTokens: 1, outputTokens: 1 })).toBe(1);
});

test('tokens of a cache make input long, too', () => {
  const tokens = { inputTokens: 1, outputTokens: 0, cacheReadTokens: 500, cacheWriteTokens: 500 };
  expect(costInMicroUsd({ ...standard, longContext }, tokens)).toBe(5 + 250 + 3125);
  expect(costInMicroUsd(standard, tokens)).toBe(1 + 50 + 625);
});

test.each([
  ['that writes to no cache', [], { input: 1, output: 5 }],
  ['that writes for 5 minutes', ['5m'], { input: 1.25, output: 5 }],
  ['that writes for an hour', ['1h'], { input: 2, output: 5 }],
  ['that writes for both', ['5m', '1h'], { input: 2, output: 5 }],
] as const)('a call %s is held at the dearest of its rates', (_call, cached, dearest) => {
  expect(dearestRates(standard, { ...short, cached })).toEqual(dearest);
});

test('a call that may have long input is held at the rates of long input', () => {
  const price = { ...standard, longContext };
  expect(dearestRates(price, short)).toEqual({ input: 1, output: 5 });
  expect(dearestRates(price, { ...short, mostInputTokens: 1001 })).toEqual({ input: 5, output: 25 });
});

test.each([
  ['a cache of an hour that has no price', { input: 1, output: 5 }, { ...short, cached: ['1h'] }],
  ['a tier that has none', standard, { ...short, tier: 'flex' }],
  [
    'a tier beyond the length',
    { ...standard, longContext, tiers: { priority: standard } },
    { mostInputTokens: 1001, cached: [], tier: 'priority' },
  ],
  [
    'long input whose cache of an hour has none',
    { ...standard, longContext: { input: 5, output: 25, above: 1 } },
    { ...short, cached: ['1h'] },
  ],
] as const)('%s is held at no rate', (_call, price, call) => {
  expect(dearestRates(price, call)).toBeUndefined();
});

test.each([
  ['no output', { input: 1 }],
  ['less than nothing for long input', { ...standard, longContext: { ...longContext, input: -1 } }],
  ['long input without its length', { ...standard, longContext: standard }],
  ['an unknown tier', { ...standard, tiers: { reserved: standard } }],
])('a price with %s is refused', (_fault, price) => {
  expect(Price.safeParse(price).success).toBe(false);
});
