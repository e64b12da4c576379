import { type ProxyConfig, parseProxyConfig } from '@org/infra/config';
import { expect, test } from 'vitest';
import { compareCosts } from './compare-costs.ts';
import { costStatement } from './cost-statement.ts';

const definition = {
  upstream: 'converse',
  modelId: 'maker.model-v1:0',
  capabilities: ['system', 'stream'],
  maxOutputTokens: 1000,
  contextTokens: 10_000,
  lifecycle: { status: 'active' },
};

const plan = {
  throttle: { rate: 1, burst: 2 },
  quota: { limit: 10_000, period: 'DAY' },
  models: ['model'],
};

/** A config of one plan and one team, acme, with one key. */
function configOf(
  change: object = {},
  { keys = ['app'] as unknown[], ...rest }: Record<string, unknown> & { keys?: unknown[] } = {},
) {
  return parseProxyConfig({
    name: 'proxy',
    stage: 'test',
    region: 'us-east-1',
    models: [{ alias: 'model', ...definition }],
    prices: { model: { input: 2, output: 10 } },
    plans: { plan: { ...plan, ...change } },
    teams: { acme: { plan: 'plan', keys } },
    ...rest,
  });
}

function boundOf(config: ProxyConfig) {
  const { usd, exact, teams } = costStatement(config);
  const [first, ...more] = teams[0]?.bounds ?? [];
  expect(more).toEqual([]);
  return { usd: usd && Number(usd.toFixed(6)), exact, ...(first && { by: first.by, per: first.per }) };
}

const hour = {
  ...definition,
  cache: { implicit: false, points: { ttls: ['5m', '1h'], minimumTokens: 1, most: 4, parts: ['messages'] } },
};
/** The most input and the most output at 2 and 10 USD a million. */
const call = 0.03;

test('limits that operators changed at run time bound a team and a key in place of those of the config', () => {
  const config = configOf({ limits: { usd: { month: 50 } } });
  const limits = (month: number | null) => ({ usd: { month } });
  const most = (team: number | null, key?: number) =>
    costStatement(config, {
      teams: new Map([['acme', limits(team)]]),
      keys: new Map(key === undefined ? [] : [['app', limits(key)]]),
    }).usd;
  expect([costStatement(config).usd, most(80), most(80, 7)]).toEqual([50, 80, 7]);
  // What is left is API Gateway's quota.
  expect(most(null)).toBeCloseTo(10_000 * 31 * call);
});

test.each([
  ['a limit in USD a month', { usd: { month: 50 } }, 50, 'month'],
  ['a limit in USD a day, on 31 days', { usd: { day: 5 } }, 155, 'day'],
  ['the lower of two', { usd: { day: 1, month: 50 } }, 31, 'day'],
  ['tokens, each at the dearest rate', { tokens: { month: 1_000_000 } }, 10, 'month'],
  ['tokens a day, on 31 days', { tokens: { day: 1000 } }, 0.31, 'day'],
  ['a limit in USD a week, of which a month touches six', { usd: { week: 1 } }, 6, 'week'],
  ['a limit in USD an hour', { usd: { hour: 0.01 } }, 7.44, 'hour'],
  ['a limit in USD a minute', { usd: { minute: 0.001 } }, 44.64, 'minute'],
  ['requests, each the dearest that one can be', { requests: { month: 100 } }, 100 * call, 'month'],
  ['a limit of 0', { requests: { day: 0 } }, 0, 'day'],
])('a team is bounded by %s', (_, limits, usd, per) => {
  expect(boundOf(configOf({ limits }))).toEqual({ usd, exact: true, by: 'limits', per });
});

test.each([
  ['the quota of each key', {}, 31 * 10_000 * call, 'quota', 'day'],
  [
    'a quota by week, which a month touches six of',
    { quota: { limit: 10, period: 'WEEK' } },
    60 * call,
    'quota',
    'week',
  ],
  [
    'a quota by month, without its offset in the first',
    { quota: { limit: 10, period: 'MONTH', offset: 2 } },
    10 * call,
    'quota',
    'month',
  ],
  [
    'the throttle of each key',
    { throttle: { rate: 0.1, burst: 2 } },
    (0.1 * 31 * 86_400 + 2) * call,
    'throttle',
    'second',
  ],
])('without limits, a team is bounded by %s, and that is best effort', (_, change, usd, by, per) => {
  expect(boundOf(configOf(change))).toEqual({ usd: Number(usd.toFixed(6)), exact: false, by, per });
});

test('where clocks are set back, a month has an hour more, and touches more periods of a quota, which are in UTC', () => {
  const timeZone = 'Europe/Berlin';
  expect(boundOf(configOf({ limits: { usd: { hour: 0.01 } } }, { timeZone })).usd).toBe(7.45);
  const quota = (period: string) => ({ quota: { limit: 1, period } });
  expect(boundOf(configOf(quota('DAY'), { timeZone })).usd).toBe(32 * call);
  expect(boundOf(configOf(quota('MONTH'), { timeZone })).usd).toBe(2 * call);
});

test("keys' own limits bound their team if they are less than its limits, and the key of sign-in has none", () => {
  const keys = ['one', 'two'].map((name) => ({ name, limits: { usd: { month: 2 } } }));
  const limits = { usd: { month: 50 } };
  const [team] = costStatement(configOf({ limits }, { keys })).teams;
  expect(team).toMatchObject({ usd: 4, exact: true, bounds: [{ usd: 2 }, { usd: 2 }] });
  const signIn = { issuer: 'https://login.example.com', audience: 'app' };
  expect(boundOf(configOf({ limits }, { keys, signIn }))).toMatchObject({ usd: 50 });
  expect(costStatement(configOf({}, { keys: [] })).usd).toBe(0);
});

test.each([
  [
    'the rate of a cache of an hour',
    { models: [{ alias: 'model', ...hour }], prices: { model: { input: 2, output: 3, cacheWrite1h: 4 } } },
    4,
  ],
  [
    'the rate of long input',
    { prices: { model: { input: 2, output: 10, longContext: { input: 4, output: 15, above: 9000 } } } },
    15,
  ],
  [
    'a service tier',
    {
      models: [{ alias: 'model', ...definition, serviceTiers: ['priority'] }],
      prices: { model: { input: 2, output: 10, tiers: { priority: { input: 4, output: 20 } } } },
    },
    20,
  ],
])('the dearest token can be one at %s', (_, rest, usd) => {
  expect(boundOf(configOf({ limits: { tokens: { month: 1_000_000 } } }, rest)).usd).toBe(usd);
});

test.each([
  ['price', { prices: {} }],
  ['price of a cache', { models: [{ alias: 'model', ...hour }] }],
  ['price of a service tier', { models: [{ alias: 'model', ...definition, serviceTiers: ['flex'] }] }],
])(
  'without the %s of a model, tokens do not bound what a team costs, and the model is named',
  (lacks, rest) => {
    const statement = costStatement(configOf({ limits: { tokens: { month: 1000 } } }, rest));
    expect(statement).toMatchObject({ usd: null, exact: false });
    expect(statement.teams[0]?.gaps).toEqual([{ model: 'model', lacks }]);
  },
);

test('a limit in USD bounds a team whatever prices are missing, because such calls are refused', () => {
  const rest = { models: [{ alias: 'model', ...hour }] };
  expect(boundOf(configOf({ limits: { usd: { month: 3 }, tokens: { month: 100_000 } } }, rest)).usd).toBe(1);
});

test('without a known context window, requests bound nothing', () => {
  const rest = { models: [{ alias: 'model', ...definition, contextTokens: undefined }] };
  const [team] = costStatement(configOf({ limits: { requests: { month: 1 } } }, rest)).teams;
  expect(team?.gaps).toEqual([{ model: 'model', lacks: 'context window' }]);
});

test('each plan says what a further team or key can cost, if it is made at run time', () => {
  const { plans } = costStatement(
    configOf({ limits: { usd: { month: 3 } }, quota: { limit: 1, period: 'MONTH' } }),
  );
  expect(plans).toEqual([{ plan: 'plan', furtherTeam: 3, furtherKey: call }]);
  expect(costStatement(configOf()).plans[0]?.furtherTeam).toBeNull();
});

test('a change is stated in total and by team, the largest first', () => {
  const teams = { acme: { plan: 'plan', keys: ['a'] }, initech: { plan: 'plan', keys: ['b'] } };
  const before = costStatement(configOf({ limits: { usd: { month: 50 } } }, { teams }));
  const other = { ...plan, limits: { usd: { month: 5000 } } };
  const after = costStatement(
    configOf(
      {},
      {
        plans: { plan: { ...plan, limits: { usd: { month: 40 } } }, large: other },
        teams: { ...teams, customer: { plan: 'large', keys: ['c'] } },
      },
    ),
  );
  expect(compareCosts(before, after)).toEqual({
    total: { before: 100, after: 5080 },
    teams: [
      { team: 'customer', before: 0, after: 5000 },
      { team: 'acme', before: 50, after: 40 },
      { team: 'initech', before: 50, after: 40 },
    ],
    plans: [
      { plan: 'large', before: 0, after: 5000 },
      { plan: 'plan', before: 50, after: 40 },
    ],
  });
  const unlimited = costStatement(configOf({}, { prices: {} }));
  expect(compareCosts(before, unlimited).plans).toEqual([{ plan: 'plan', before: 50, after: null }]);
  expect(compareCosts(before, before)).toMatchObject({ teams: [], plans: [] });
});
