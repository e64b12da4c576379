import type { Limits } from '@org/contract';
import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { checkLimitSizes } from './limit-sizes.ts';

const starter = { ...shipped.plans['starter'], models: ['nova-lite', 'titan'] };
const findingsOf = (limits: Limits | undefined, keyLimits?: Limits, shards?: number) =>
  checkLimitSizes(
    parseProxyConfig({
      ...shipped,
      plans: { ...shipped.plans, starter: { ...starter, limits, shards } },
      teams: { toll: { plan: 'starter', keys: ['toll-app', { name: 'toll-batch', limits: keyLimits }] } },
    }),
  );

test('the shipped limits let calls through, and can be reached', () => {
  expect(checkLimitSizes(shipped)).toEqual([]);
});

test.each<[what: string, limits: Limits | undefined]>([
  ['without limits', undefined],
  ['of empty limits', {}],
  ['of limits that are all null', { requests: {}, usd: { month: null } }],
])('a plan %s is a warning that says how to bound it', (_, limits) => {
  expect(findingsOf(limits)).toEqual([
    {
      check: 'plan',
      of: 'starter',
      status: 'warning',
      what: expect.stringMatching(/^has no limits: .*throttle and quota/),
      remedy: { kind: 'advice', text: 'Give plans.starter.limits, such as { usd: { month: 25 } }.' },
    },
  ]);
});

test.each<[what: string, limits: Limits, finding: string, field: string]>([
  ['of 0', { requests: { day: 0 } }, 'plans.starter.limits.requests.day is 0: nothing', 'requests.day'],
  [
    'of fewer tokens than any call holds',
    { tokens: { month: 145 } },
    'no call fits its 145 tokens/month: the smallest call needs 146 tokens',
    'tokens.month',
  ],
  [
    'of fewer tokens than any ask holds that names no maxTokens',
    { tokens: { day: 1168 } },
    'only calls with a small maxTokens fit its 1,168 tokens/day: a call without it needs 1,169 tokens',
    'tokens.day',
  ],
  [
    'of less than a call to the cheapest model holds',
    { usd: { day: 0.000_005 } },
    'no call fits its $0.000005/day: the smallest call needs $0.000006',
    'usd.day',
  ],
  [
    'of a day that is above the one of the month',
    { usd: { day: 5, month: 2.5 } },
    'its $5.00/day will never be reached: the month ends at $2.50',
    'usd.day',
  ],
  [
    'of an hour that is above the one of the day',
    { requests: { hour: 60, day: 50 } },
    'its 60 requests/hour will never be reached: the day ends at 50 requests',
    'requests.hour',
  ],
])('a limit %s is a warning that names the field', (_, limits, finding, field) => {
  expect(findingsOf(limits)).toEqual([
    {
      check: 'plan',
      of: 'starter',
      status: 'warning',
      what: expect.stringContaining(finding),
      remedy: {
        kind: 'advice',
        text: expect.stringMatching(
          new RegExp(`^(Raise|Lower) plans\\.starter\\.limits\\.${RegExp.escape(field)}, or leave it out`),
        ),
      },
    },
  ]);
});

test("a key's own limits are checked too", () => {
  expect(findingsOf({ usd: { month: 5 } }, { tokens: { day: 10 } })).toEqual([
    {
      check: 'key',
      of: 'toll-batch',
      status: 'warning',
      what: expect.stringContaining('no call fits its 10 tokens/day'),
      remedy: { kind: 'advice', text: 'Raise teams.toll.keys.1.limits.tokens.day, or leave it out.' },
    },
  ]);
});

test('the smallest limit that fits a call is fine, and so is a month that ends before its days do', () => {
  const limits = { tokens: { month: 5145 }, usd: { day: 0.000_706 }, requests: { day: 1, month: 1 } };
  expect(findingsOf(limits)).toEqual([]);
});

test('a limit that fits only the calls of APIs with a short answer by default is found', () => {
  const remedy = {
    kind: 'advice',
    text: 'Raise plans.starter.limits.tokens.month, or give the plan maxTokens.',
  };
  const what =
    "a call of OpenAI's API without a maximum does not fit its 1,169 tokens/month: it needs 5,145 tokens";
  expect(findingsOf({ tokens: { month: 1169 } })).toMatchObject([{ what, remedy }]);
  expect(findingsOf({ tokens: { month: 1168 } })).toMatchObject([
    { what: expect.stringContaining('only calls with a small maxTokens fit') },
  ]);
});

test("a call without maxTokens holds its plan's maximum", () => {
  const plans = {
    ...shipped.plans,
    starter: { ...starter, maxTokens: 100, limits: { tokens: { day: 245 } } },
  };
  expect(checkLimitSizes(parseProxyConfig({ ...shipped, plans }))).toEqual([]);
});

test('a call to a model that thinks holds the thoughts too', () => {
  const findings = (day: number) =>
    checkLimitSizes(
      parseProxyConfig({
        ...shipped,
        models: ['claude-sonnet-5'],
        plans: { starter: { ...starter, models: ['claude-sonnet-5'], limits: { tokens: { day } } } },
        teams: { toll: { plan: 'starter', keys: ['k'] } },
      }),
    );
  expect(findings(9000)).toEqual([]);
  expect(findings(8000)).toMatchObject([
    { what: expect.stringMatching(/^only calls with a small maxTokens fit its 8,000 tokens\/day/) },
  ]);
});

test('an embedding model is asked for one vector, and has no output to hold', () => {
  const embed = { ...starter, models: ['titan-embed-v2'] };
  const config = (day: number) =>
    parseProxyConfig({
      ...shipped,
      models: ['titan-embed-v2'],
      plans: { starter: { ...embed, limits: { tokens: { day } } } },
      teams: { toll: { plan: 'starter', keys: ['k'] } },
    });
  expect(checkLimitSizes(config(17))).toEqual([]);
  expect(checkLimitSizes(config(16))).toHaveLength(1);
});

test('a call must fit the largest part of a limit over shards', () => {
  const remedy = { kind: 'advice', text: 'Raise plans.starter.limits.tokens.day, or lower shards.' };
  const limits = { requests: { minute: 2 }, tokens: { day: 580, month: 1_000_000 } };
  expect(findingsOf({ ...limits, tokens: { day: 20_577, month: 1_000_000 } }, undefined, 4)).toEqual([]);
  expect(findingsOf({ ...limits, tokens: { day: 4672, month: 1_000_000 } }, undefined, 4)).toMatchObject([
    {
      what: 'only calls with a small maxTokens fit the largest of the 4 parts of its 4,672 tokens/day: a call without it needs 1,169 tokens',
      remedy,
    },
  ]);
  expect(findingsOf(limits, undefined, 4)).toMatchObject([
    {
      what: 'no call fits the largest of the 4 parts of its 580 tokens/day: the smallest call needs 146 tokens',
      remedy,
    },
  ]);
});
