import type { Limits } from '@org/contract';
import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { checkPaces } from './paces.ts';

/** For the shortest question to nova-lite, 146 tokens are reserved with `maxTokens: 1`, and 1,169 without it. */
const starter = {
  ...shipped.plans['starter'],
  models: ['nova-lite'],
  limits: { tokens: { month: 100_000 } },
};
const findingsOf = (fields: object, keyLimits?: Limits) =>
  checkPaces(
    parseProxyConfig({
      ...shipped,
      plans: { ...shipped.plans, starter: { ...starter, ...fields } },
      teams: { toll: { plan: 'starter', keys: ['toll-app', { name: 'toll-batch', limits: keyLimits }] } },
    }),
  ).map(({ check, of, what, remedy }) => [check, of, what, remedy?.kind === 'advice' && remedy.text]);
const pace = (burst: number): Limits => ({
  tokens: { month: 100_000 },
  pace: { tokens: { month: { burst } } },
});

test('a pace with room for a usual call is fine', () => {
  expect(findingsOf({ limits: pace(5000) }, pace(5000))).toEqual([]);
});

test('a pace without its limit, or whose burst is the whole limit, has no effect', () => {
  const alone = { requests: { month: 5 }, pace: { tokens: { month: { burst: 5000 } } } };
  expect(findingsOf({ limits: alone })).toEqual([
    [
      'plan',
      'starter',
      'plans.starter.limits.pace.tokens.month has no effect: there is no plans.starter.limits.tokens.month to spread',
      'Give that limit, or leave the pace out.',
    ],
  ]);
  expect(findingsOf({ limitsPerPerson: pace(100_000) })).toEqual([
    [
      'plan',
      'starter',
      'plans.starter.limitsPerPerson.pace.tokens.month has no effect: its burst is not below the limit, 100,000 tokens/month',
      'Lower the burst, or leave the pace out.',
    ],
  ]);
});

test('a burst that is too small for a usual call, or for any, says how long each period begins with a wait', () => {
  expect(findingsOf({ limitsPerModel: { 'nova-lite': pace(168) } })).toEqual([
    [
      'plan',
      'starter',
      'no call without a small maxTokens fits the pace plans.starter.limitsPerModel.nova-lite.pace.tokens.month before 2 % of a month are over: it needs 1,169 tokens, and the burst is 168 tokens',
      'Raise its burst to 1,169 tokens or more.',
    ],
  ]);
  expect(findingsOf({}, pace(0)).map(([check, of, what]) => [check, of, what])).toEqual([
    [
      'key',
      'toll-batch',
      'no call fits the pace teams.toll.keys.1.limits.pace.tokens.month before 1 % of a month are over: it needs 146 tokens, and the burst is 0 tokens',
    ],
  ]);
});
