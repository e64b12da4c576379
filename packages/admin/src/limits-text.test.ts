import { expect, test } from 'vitest';
import { limitsText } from './limits-text.ts';

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
