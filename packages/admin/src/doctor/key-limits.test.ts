import type { Limits } from '@org/contract';
import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { checkKeyLimits } from './key-limits.ts';
import { limitsWithoutEffect } from './limits-without-effect.ts';

const findingsOf = (limits: Limits) => {
  const keys = ['toll-app', { name: 'toll-batch', limits }];
  return checkKeyLimits(parseProxyConfig({ ...shipped, teams: { toll: { plan: 'starter', keys } } }));
};

test("for a key's own limits that are not below its plan's, a warning names the field", () => {
  expect(findingsOf({ requests: { day: 5, month: 100 }, usd: { month: 1.5 } })).toEqual([
    {
      check: 'key',
      of: 'toll-batch',
      status: 'warning',
      what: 'its own 100 requests/month, $1.50/month will never be reached: the plan starter allows its whole team no more than that',
      remedy: {
        kind: 'advice',
        text: "Lower teams.toll.keys.1.limits, or leave out what is not below the plan's.",
      },
    },
  ]);
});

test.each<[own: Limits, plan: Limits, without: Limits | undefined]>([
  [{ requests: { day: 100 } }, { requests: { month: 100 } }, { requests: { day: 100 } }],
  [{ requests: { day: 99 } }, { requests: { month: 100 } }, undefined],
  [{ usd: { month: 31 } }, { usd: { day: 1 } }, { usd: { month: 31 } }],
  [{ usd: { month: 30.9 } }, { usd: { day: 1 } }, undefined],
  [{ requests: { hour: 60 } }, { requests: { minute: 1 } }, { requests: { hour: 60 } }],
  [{ requests: { month: 30 } }, { requests: { week: 5 } }, { requests: { month: 30 } }],
  [{ requests: { week: 9 } }, { requests: { month: 5 } }, undefined],
])('a limit of one period is looked at beside that of the other: %j under %j', (own, plan, without) => {
  expect(limitsWithoutEffect(own, plan, 'UTC')).toEqual(without);
});

test('limits below them, or of a kind that the plan does not limit, are fine', () => {
  expect(findingsOf({ requests: { day: 99, month: 99 }, usd: { day: 0.1 } })).toEqual([]);
  expect(limitsWithoutEffect({ usd: { month: 100 } }, undefined, 'UTC')).toBeUndefined();
});
