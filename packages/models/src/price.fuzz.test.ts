import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  allInputTokens,
  type BilledTokens,
  costInMicroUsd,
  dearestRates,
  type Price,
  type Rates,
} from './price.ts';
import { type CacheTtl, cacheTtls } from './prompt-cache.ts';

const rate = fc.integer({ min: 0, max: 1e8 }).map((tenThousandths) => tenThousandths / 1e4);
const rates: fc.Arbitrary<Rates> = fc.record(
  { input: rate, output: rate, cacheRead: rate, cacheWrite: rate, cacheWrite1h: rate },
  { requiredKeys: ['input', 'output'] },
);
const above = fc.integer({ min: 1, max: 2e6 });
const price: fc.Arbitrary<Price> = fc
  .tuple(
    rates,
    fc.record(
      {
        longContext: fc.tuple(rates, above).map(([long, tokens]) => ({ ...long, above: tokens })),
        tiers: fc.record({ priority: rates, flex: rates }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([standard, more]) => ({ ...standard, ...more }));
const count = fc.integer({ min: 0, max: 2e6 });
const tokens = fc.record({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  cacheWrite1hTokens: count,
});
const tier = fc.constantFrom(undefined, 'priority', 'flex');
const kinds = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWrite1hTokens',
] as const satisfies readonly (keyof BilledTokens)[];

test('a cost is whole micro-USD, none for nothing', () => {
  fc.assert(
    fc.property(price, tokens, tier, (ofModel, taken, served) => {
      expect(costInMicroUsd(ofModel, taken, { tier: served })).toSatisfy(Number.isSafeInteger);
      expect(costInMicroUsd(ofModel, { inputTokens: 0, outputTokens: 0 }, { tier: served })).toBe(0);
    }),
  );
});

test('each kind of token costs its own rate, or the rate of input if it has none', () => {
  fc.assert(
    fc.property(rates, tokens, (ofModel, taken) => {
      const { input, output, cacheRead, cacheWrite, cacheWrite1h } = ofModel;
      const whole =
        taken.inputTokens * input +
        taken.outputTokens * output +
        taken.cacheReadTokens * (cacheRead ?? input) +
        taken.cacheWriteTokens * (cacheWrite ?? input) +
        taken.cacheWrite1hTokens * (cacheWrite1h ?? Math.max(input, cacheRead ?? 0, cacheWrite ?? 0));
      const cost = costInMicroUsd(ofModel, taken);
      expect(cost).toBeGreaterThanOrEqual(Math.floor(whole));
      expect(cost - whole).toBeLessThan(1 + 1e-3);
    }),
  );
});

test('more tokens, and dearer ones, never cost less', () => {
  const dearer = ({ longContext, ...standard }: Price): Price => ({
    ...standard,
    // Long input that is cheaper is out of scope.
    ...(longContext && { longContext: { ...raised(standard, longContext), above: longContext.above } }),
  });
  const raised = (standard: Rates, long: Rates): Rates => ({
    input: standard.input + long.input,
    output: standard.output + long.output,
    cacheRead: (standard.cacheRead ?? standard.input) + (long.cacheRead ?? 0),
    cacheWrite: (standard.cacheWrite ?? standard.input) + (long.cacheWrite ?? 0),
    cacheWrite1h:
      (standard.cacheWrite1h ?? Math.max(standard.input, standard.cacheRead ?? 0, standard.cacheWrite ?? 0)) +
      (long.cacheWrite1h ?? 0),
  });
  fc.assert(
    fc.property(price.map(dearer), tokens, fc.constantFrom(...kinds), count, (ofModel, taken, kind, more) => {
      const cost = costInMicroUsd(ofModel, taken);
      expect(costInMicroUsd(ofModel, { ...taken, [kind]: taken[kind] + more })).toBeGreaterThanOrEqual(cost);
      const doubled = { ...ofModel, input: 2 * ofModel.input, output: 2 * ofModel.output };
      expect(costInMicroUsd(doubled, taken)).toBeGreaterThanOrEqual(cost);
    }),
  );
});

test('above its length, and not at it, long input has the rates of long input for the whole call', () => {
  fc.assert(
    fc.property(rates, rates, tokens, fc.boolean(), (standard, long, taken, isLong) => {
      const length = allInputTokens(taken);
      const limit = isLong ? length - 1 : length;
      fc.pre(limit >= 1);
      const ofModel = { ...standard, longContext: { ...long, above: limit } };
      expect(costInMicroUsd(ofModel, taken)).toBe(costInMicroUsd(isLong ? long : standard, taken));
    }),
  );
});

test('a tier has its own rates, and for long input the higher of both', () => {
  fc.assert(
    fc.property(price, rates, tokens, fc.constantFrom('priority', 'flex'), (standard, own, taken, served) => {
      const { longContext, ...ofModel } = { ...standard, tiers: { ...standard.tiers, [served]: own } };
      expect(costInMicroUsd(ofModel, taken, { tier: served })).toBe(costInMicroUsd(own, taken));
      const long = { ...ofModel, longContext: { ...(longContext ?? own), above: 1 } };
      fc.pre(allInputTokens(taken) > 1);
      expect(costInMicroUsd(long, taken, { tier: served })).toBeGreaterThanOrEqual(
        Math.max(costInMicroUsd(own, taken), costInMicroUsd(long.longContext, taken)),
      );
    }),
  );
});

test('a hold is never less than the cost of the call, however its input is billed', () => {
  const cached = fc.subarray([...cacheTtls]);
  fc.assert(
    fc.property(price, tokens, cached, tier, fc.nat(1000), (ofModel, taken, ttls, served, spare) => {
      const written = (ttl: CacheTtl, amount: number) => (ttls.includes(ttl) ? amount : 0);
      const possible = {
        ...taken,
        cacheWriteTokens: written('5m', taken.cacheWriteTokens),
        cacheWrite1hTokens: written('1h', taken.cacheWrite1hTokens),
      };
      const inputTokens = allInputTokens(possible) + spare;
      const dearest = dearestRates(ofModel, { mostInputTokens: inputTokens, cached: ttls, tier: served });
      if (!dearest) return;
      const held = costInMicroUsd(dearest, { inputTokens, outputTokens: taken.outputTokens });
      expect(held).toBeGreaterThanOrEqual(costInMicroUsd(ofModel, possible, { tier: served }));
    }),
  );
});
