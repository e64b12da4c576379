import { expect, test } from 'vitest';
import { totalsOf } from './totals.ts';

test('teams that are not counted are told apart from those that used nothing', () => {
  const used = { month: { usd: 1, requests: 2, tokens: 3 } };
  const usage = { plan: 'few', counted: true, limits: [], used };
  expect(
    totalsOf([
      { ...usage, team: 'acme' },
      { ...usage, team: 'beta' },
      { ...usage, team: 'open', counted: false, used: {} },
    ]),
  ).toEqual({ usd: 2, requests: 4, tokens: 6, uncounted: 1 });
});
