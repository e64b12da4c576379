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

test("a key's own limits that are not below those of its plan are a warning that names the field", () => {
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

test('those that are below them, or that the plan has none of, are none', () => {
  expect(findingsOf({ requests: { month: 99 }, usd: { day: 5 } })).toEqual([]);
  expect(limitsWithoutEffect({ usd: { month: 100 } }, undefined)).toBeUndefined();
});
