import { expect, test } from 'vitest';
import { amountText, limitsText } from './limits-text.ts';

test('limits are shown as amounts by period, without those that limit nothing', () => {
  const limits = {
    requests: { day: 20, month: null },
    tokens: { month: 50_000 },
    usd: { month: 1.5, day: 0 },
    callsAtOnce: 3,
  };
  expect(limitsText(limits)).toBe(
    '20 requests/day, 50,000 tokens/month, $0.00/day, $1.50/month, 3 calls at once',
  );
});

test.each([
  [0, '$0.00'],
  [0.25, '$0.25'],
  [0.0001, '$0.0001'],
  [0.000_012, '$0.000012'],
  [0.000_000_1, '$0.0000001'],
  [1234.5, '$1,234.50'],
  [2.01, '$2.01'],
  [3.33333, '$3.3333'],
])('%d dollars read %s', (amount, expected) => {
  expect(amountText('usd', amount)).toBe(expected);
});
