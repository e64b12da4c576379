import { type ProxyConfig, parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import type { Price } from '@org/models';
import { expect, test } from 'vitest';
import { checkPriceGaps } from './price-gaps.ts';

const usd = { usd: { month: 5 } };

function configOf(alias: string, price: Price, limits: object = usd, keyLimits?: object): ProxyConfig {
  const plan = { ...shipped.plans['starter'], models: [alias], limits };
  const key = { name: 'key-of-toll', limits: keyLimits };
  return parseProxyConfig({
    ...{ ...shipped, models: [alias], prices: { [alias]: price } },
    ...{ plans: { starter: plan }, teams: { toll: { plan: 'starter', keys: [key] } } },
  });
}

const plain = { input: 1, output: 5 };
const long = { input: 2, output: 10, above: 100_000 };

test('the catalogue has every price that the shipped config needs', () => {
  expect(checkPriceGaps(shipped)).toEqual([]);
});

test.each<[what: string, alias: string, price: Price, said: RegExp, field: RegExp]>([
  ['a cache of an hour', 'claude-haiku-4.5', plain, /writes to a cache of an hour/, /\.5 cacheWrite1h/],
  [
    'a cache of an hour of long input',
    'claude-haiku-5.5',
    { ...plain, cacheWrite1h: 2, longContext: long },
    /a cache of an hour/,
    /longContext\.cacheWrite1h/,
  ],
  ['the tiers', 'nova-pro', plain, /the tier priority and the tier flex/, /tiers\.priority and tiers\.flex/],
  ['one tier', 'nova-pro', { ...plain, tiers: { flex: plain } }, /the tier priority/, /priority/],
])('a price without %s is a warning that names the field', (_, alias, price, said, field) => {
  expect(checkPriceGaps(configOf(alias, price))).toEqual([
    {
      ...{ check: 'price', of: alias, status: 'warning' },
      what: expect.stringMatching(said),
      remedy: { kind: 'advice', text: expect.stringMatching(field) },
    },
  ]);
});

test("a key's limit in USD alone counts, and without a limit in USD nothing is refused", () => {
  expect(checkPriceGaps(configOf('nova-pro', plain, {}, usd))).toHaveLength(1);
  expect(checkPriceGaps(configOf('nova-pro', plain, { tokens: { day: 100_000_000 } }))).toEqual([]);
});

test('a price has no gap for a feature that its model lacks', () => {
  expect(checkPriceGaps(configOf('nova-lite', plain))).toEqual([]);
});
