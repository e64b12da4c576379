import { expect, test } from 'vitest';
import { CliError } from './cli-error.ts';
import { parseLimits } from './limits-option.ts';

test('limits are read by kind and period, and of calls at once', () => {
  expect(parseLimits(['requests/minute=20', 'usd/week=0.5', 'usd/month=2', 'callsAtOnce=3'])).toEqual({
    requests: { minute: 20 },
    usd: { week: 0.5, month: 2 },
    callsAtOnce: 3,
  });
  expect(parseLimits(['usd/day=none', 'callsAtOnce=none'], { none: true })).toEqual({
    usd: { day: null },
    callsAtOnce: null,
  });
});

test.each([
  [['callsAtOnce=0'], {}],
  [['callsAtOnce=none'], {}],
  [['callsAtOnce=3', 'callsAtOnce=4'], {}],
  [['requests/year=3'], {}],
  [['requests/day=3', 'requests/day=3'], {}],
])('%j is refused with %j', (texts, options) => {
  expect(() => parseLimits(texts, options)).toThrow(CliError);
});
