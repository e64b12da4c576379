import type { Limits } from '@org/contract';
import { parseProxyConfig, type Quota } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { checkQuotas } from './quotas.ts';

const findingsOf = (quota: Quota, limits: Limits | undefined) =>
  checkQuotas(
    parseProxyConfig({
      ...shipped,
      plans: { ...shipped.plans, starter: { ...shipped.plans['starter'], quota, limits } },
    }),
  );

test('the shipped quotas are above the limits', () => {
  expect(checkQuotas(shipped)).toEqual([]);
});

test.each<[what: string, quota: Quota, requests: NonNullable<Limits['requests']>, most: number]>([
  ['a limit of the same period', { limit: 80, period: 'MONTH' }, { month: 80 }, 80],
  ['a limit of a longer period', { limit: 100, period: 'DAY' }, { month: 2000 }, 2000],
  ['all days of the period', { limit: 3000, period: 'MONTH' }, { day: 100 }, 3100],
  ['all minutes of the period', { limit: 1440, period: 'DAY' }, { minute: 1 }, 1440],
  ['the week', { limit: 70, period: 'WEEK' }, { day: 10, month: 1000 }, 70],
])('a quota that is not above %s is a warning that names the field', (_, quota, requests, most) => {
  expect(findingsOf(quota, { requests })).toEqual([
    {
      check: 'plan',
      of: 'starter',
      status: 'warning',
      what: expect.stringContaining(`which let through ${most};`),
      remedy: {
        kind: 'advice',
        text: expect.stringContaining(`plans.starter.quota.limit well above ${most}`),
      },
    },
  ]);
});

test.each<[what: string, quota: Quota, limits: Limits | undefined]>([
  [
    'is above what the day lets through',
    { limit: 1000, period: 'DAY' },
    { requests: { day: 800, month: 10_000 } },
  ],
  ['is the only bound on requests', { limit: 10, period: 'DAY' }, { tokens: { day: 1000 } }],
  ['is beside a limit of null', { limit: 10, period: 'DAY' }, { requests: { day: null } }],
  ['is all there is', { limit: 10, period: 'DAY' }, undefined],
])('a quota that %s is none', (_, quota, limits) => {
  expect(findingsOf(quota, limits)).toEqual([]);
});
