import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import type { Price } from '@org/models';
import { expect, test } from 'vitest';
import { ownModel } from '../testing/aws-account.ts';
import { checkPriceUnits } from './prices.ts';

const findingsOf = (price: Price) =>
  checkPriceUnits(parseProxyConfig({ ...shipped, prices: { 'nova-lite': price } }));

test('for a price per 1,000 tokens, a warning names both prices and the unit', () => {
  const input = {
    check: 'price',
    of: 'nova-lite',
    status: 'warning',
    what: 'prices.nova-lite.input is 0.00006, far below the 0.06 that is known for us-east-1: limits in USD end too late by as much',
    remedy: {
      kind: 'advice',
      text: 'Give USD per million tokens: multiply a price per 1,000 tokens by 1,000.',
    },
  };
  const what = expect.stringContaining('prices.nova-lite.output is 0.00024, far below the 0.24');
  expect(findingsOf({ input: 0.00006, output: 0.00024 })).toEqual([input, { ...input, what }]);
});

test('a price many times the known one is a warning too', () => {
  expect(findingsOf({ input: 0.06, output: 240 })).toMatchObject([
    { what: expect.stringMatching(/output is 240, far above the 0\.24 .* end too early/) },
  ]);
});

test('a price from a fifth to five times the known one is fine', () => {
  expect(findingsOf({ input: 0.012, output: 1.2 })).toEqual([]);
});

test('any price is accepted for a model without a known price', () => {
  const models = [...shipped.models, ownModel];
  const prices = { own: { input: 0.0001, output: 1000 } };
  expect(checkPriceUnits(parseProxyConfig({ ...shipped, models, prices }))).toEqual([]);
});
