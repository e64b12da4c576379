import { expect, test } from 'vitest';
import { amountText } from './amount-text.ts';

test.each([
  [0, '$0.00'],
  [0.25, '$0.25'],
  [0.0001, '$0.0001'],
  [0.000_012, '$0.000012'],
  [0.000_000_1, '$0.0000001'],
  [0.000_074_4 * 3 - 0.000_148_8, '$0.0000744'],
  [1234.5, '$1,234.50'],
  [2.01, '$2.01'],
  [3.33333, '$3.3333'],
])('%d dollars read %s', (amount, expected) => {
  expect(amountText('usd', amount)).toBe(expected);
});
