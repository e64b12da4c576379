import { aliasOf, type OfferedModel } from '@org/models';
import { expect, test } from 'vitest';
import { config, issuesOf, plan } from '../testing/config-under-test.ts';
import { parseProxyConfig } from './config.ts';

const limits = { requests: { day: 10, month: 5 }, tokens: { month: null }, usd: { day: 0, month: 2.5 } };
const price = { input: 0.2, output: 0.8 };

interface Change {
  readonly region?: string;
  readonly models?: readonly OfferedModel[];
  readonly limits?: unknown;
  readonly keyLimits?: unknown;
  readonly prices?: unknown;
}

const configOf = ({ models = ['titan'], limits: ofPlan, keyLimits, ...change }: Change) => ({
  ...config,
  models,
  plans: { starter: { ...plan, models: models.map(aliasOf), limits: ofPlan } },
  teams: { research: { plan: 'starter', keys: ['plain', { name: 'own', limits: keyLimits }] } },
  ...change,
});

test('a plan and a key may have limits, and a month may allow less than its days', () => {
  const parsed = parseProxyConfig(configOf({ limits, keyLimits: { usd: { day: 1 } } }));
  expect(parsed.plans['starter']?.limits).toEqual(limits);
  expect(parsed.teams['research']?.keys).toEqual([
    { name: 'plain', enabled: true },
    { name: 'own', enabled: true, limits: { usd: { day: 1 } } },
  ]);
  expect(parseProxyConfig(parsed)).toEqual(parsed);
});

test('limits may be by every window, of which days and longer ones begin in a time zone', () => {
  const every = { minute: 1, hour: 2, day: 3, week: 4, month: 5 };
  const all = { requests: every, tokens: every, usd: every };
  const parsed = parseProxyConfig({
    ...configOf({ limits: all, keyLimits: all }),
    timeZone: 'Europe/Berlin',
  });
  expect(parsed.plans['starter']?.limits).toEqual(all);
  expect(parsed.timeZone).toBe('Europe/Berlin');
});

test('calls at once may be limited, to at least one', () => {
  expect(parseProxyConfig(configOf({ limits: { callsAtOnce: 3 } })).plans['starter']?.limits).toEqual({
    callsAtOnce: 3,
  });
  expect(issuesOf(configOf({ limits: { callsAtOnce: 0 } }))).toEqual([
    {
      path: 'plans.starter.limits.callsAtOnce',
      message: 'must be 1 or more; to refuse every call, set requests: { day: 0 }',
    },
  ]);
});

test('a limit may have a pace, in its own unit, except by minute', () => {
  const pace = { usd: { month: { burst: 0.5 } }, requests: { hour: { burst: 3 } } };
  const paced = { usd: { month: 50 }, pace };
  const parsed = parseProxyConfig(configOf({ limits: paced, keyLimits: paced }));
  expect(parsed.plans['starter']?.limits).toEqual(paced);
  expect(parsed.teams['research']?.keys[1]?.limits).toEqual(paced);
  const pathOf = (faulty: object) => issuesOf(configOf({ limits: { pace: faulty } })).map(({ path }) => path);
  expect(pathOf({ requests: { day: { burst: 0.5 } } })).toEqual([
    'plans.starter.limits.pace.requests.day.burst',
  ]);
  expect(pathOf({ usd: { minute: { burst: 1 } } })).toEqual(['plans.starter.limits.pace.usd.minute']);
  expect(pathOf({ usd: { month: {} } })).toEqual(['plans.starter.limits.pace.usd.month.burst']);
  expect(pathOf({ usd: { month: { burst: -1 } } })).toEqual(['plans.starter.limits.pace.usd.month.burst']);
});

test('a plan may spread the counters of each team over up to 16 shards', () => {
  const spread = (shards: unknown) => {
    const { plans, ...rest } = configOf({ limits });
    return { ...rest, plans: { starter: { ...plans.starter, shards } } };
  };
  expect(parseProxyConfig(spread(16)).plans['starter']?.shards).toBe(16);
  for (const shards of [0, 17, 1.5, '4']) {
    expect(issuesOf(spread(shards))).toMatchObject([{ path: 'plans.starter.shards' }]);
  }
});

test('a time zone that is misspelt has a suggestion', () => {
  expect(issuesOf({ ...configOf({}), timeZone: 'Europe/Berln' })).toEqual([
    {
      path: 'timeZone',
      message:
        '"Europe/Berln" is not a time zone of the IANA database; did you mean "Europe/Berlin"? Otherwise give one such as Europe/Berlin',
    },
  ]);
});

test.each(['Berlin', '+01:00', 'Europe/Berlin ', ''])('%j is not a time zone', (timeZone) => {
  expect(issuesOf({ ...configOf({}), timeZone })).toEqual([
    {
      path: 'timeZone',
      message: expect.stringContaining(`"${timeZone}" is not a time zone of the IANA database; `),
    },
  ]);
});

test('without limits nothing is counted, and with an empty set of limits usage is', () => {
  expect(parseProxyConfig(configOf({})).plans['starter']?.limits).toBeUndefined();
  expect(parseProxyConfig(configOf({ limits: {} })).plans['starter']?.limits).toEqual({});
});

test('a limit in USD holds if every model of its plan has a price in the Region, or the config gives one', () => {
  const elsewhere = { region: 'ap-east-2', models: ['titan', 'nova-lite'], limits, keyLimits: limits };
  const whole = { ...price, cacheRead: 0, cacheWrite: 1, cacheWrite1h: 2 };
  const prices = {
    titan: price,
    'nova-lite': { ...whole, longContext: { ...whole, above: 1 }, tiers: { priority: whole, flex: price } },
  };
  expect(parseProxyConfig(configOf({ ...elsewhere, prices })).prices).toEqual(prices);
});

test.each([
  ['none', undefined],
  ['null', { usd: { day: null, month: null } }],
  ['empty', { usd: {} }],
  ['in tokens only', { tokens: { day: 1 } }],
])('a price is not needed where the limit in USD is %s', (_, unlimited) => {
  const unpricedConfig = configOf({ region: 'ap-east-2', limits: unlimited, keyLimits: unlimited });
  expect(() => parseProxyConfig(unpricedConfig)).not.toThrow();
});

test('a price of 0 is allowed if nothing is limited in USD', () => {
  const free = { prices: { titan: { input: 0, output: 0 } } };
  const unlimited = { requests: { day: 1 }, usd: { day: null } };
  expect(() =>
    parseProxyConfig(configOf({ ...free, limits: unlimited, keyLimits: unlimited })),
  ).not.toThrow();
});

const ownModel = {
  alias: 'own',
  upstream: 'converse',
  modelId: 'example.own-v1:0',
  capabilities: [],
  maxOutputTokens: 10,
  lifecycle: { status: 'active' },
} as const;

const keyPath = 'teams.research.keys.1.limits';
const unpriced =
  /no price is known in ap-east-2 for "nova-lite"; give it beside models, in USD .* prices: \{ 'nova-lite': \{ input: \.\.\., output: \.\.\. \} \}, or remove/;

test('a missing price that several limits need is reported once', () => {
  const regions = { region: 'ap-east-2', models: ['titan', 'nova-lite'] };
  const [issue, ...others] = issuesOf(configOf({ ...regions, limits, keyLimits: limits }));
  expect(others).toEqual([]);
  expect(issue).toEqual({
    path: 'plans.starter.limits.usd',
    message: expect.stringMatching(
      /^no price is known in ap-east-2 for "titan", "nova-lite"; give .*; the same for teams\.research\.keys\.1\.limits\.usd$/,
    ),
  });
});

test.each([
  ['limitsPerPerson', limits, 'limitsPerPerson.usd', unpriced],
  ['limitsPerCustomer', limits, 'limitsPerCustomer.usd', unpriced],
  ['limitsPerModel', { 'nova-lite': limits }, 'limitsPerModel.nova-lite.usd', unpriced],
  ['limitsPerModel', { titan: limits }, undefined, undefined],
  ['limitsPerModel', { llama: {} }, 'limitsPerModel.llama', /is not a model of this plan; choose from titan/],
  ['limitsPerModel', { titan: { requests: { day: 0.5 } } }, 'limitsPerModel.titan.requests.day', /whole/],
])('%s of %j are checked as the limits of a plan are', (field, value, path, message) => {
  const config = configOf({ region: 'ap-east-2', models: ['titan', 'nova-lite'], prices: { titan: price } });
  const { starter } = config.plans;
  const issues = issuesOf({ ...config, plans: { ...config.plans, starter: { ...starter, [field]: value } } });
  expect(issues).toEqual(
    path === undefined
      ? []
      : [{ path: `plans.starter.${path}`, message: expect.stringMatching(message ?? /./) }],
  );
});

test.each<[fault: string, change: Change, path: string, fix: RegExp]>([
  [
    "a plan's limit in USD without a price",
    { region: 'ap-east-2', models: ['titan', 'nova-lite'], limits, prices: { titan: price } },
    'plans.starter.limits.usd',
    unpriced,
  ],
  [
    "a key's limit in USD without a price",
    { region: 'ap-east-2', models: ['titan', 'nova-lite'], keyLimits: limits, prices: { titan: price } },
    `${keyPath}.usd`,
    unpriced,
  ],
  [
    'nothing at all allowed, in USD without a price',
    { region: 'ap-east-2', models: ['nova-lite'], limits: { usd: { day: 0 } } },
    'plans.starter.limits.usd',
    unpriced,
  ],
  [
    "a plan's limit in USD with a price of 0",
    { limits, prices: { titan: { input: 0, output: 0 } } },
    'plans.starter.limits.usd',
    /^would never be reached .*: prices\.titan\.input, prices\.titan\.output must be above 0; give what AWS charges, in USD per million tokens, or limit requests/,
  ],
  [
    "a key's limit in USD with a price of 0",
    { keyLimits: limits, prices: { titan: { input: 1, output: 0 } } },
    `${keyPath}.usd`,
    /: prices\.titan\.output must be above 0/,
  ],
  [
    'a limit in USD with a price that rounds to nothing',
    { limits, prices: { titan: { input: 1e-7, output: 1 } } },
    'plans.starter.limits.usd',
    /: prices\.titan\.input must be above 0/,
  ],
  [
    "a limit in USD with a definition's price of 0",
    {
      limits,
      models: ['titan', { ...ownModel, price: [{ input: 0, output: 1, date: '2026-10-01' }] }],
    },
    'plans.starter.limits.usd',
    /: models\.1\.price\.0\.input must be above 0/,
  ],
  [
    'a limit in USD with a price of 0 for long input and a tier',
    {
      limits,
      prices: {
        titan: {
          ...price,
          longContext: { above: 1000, input: 0, output: 1 },
          tiers: { flex: { input: 1, output: 0 } },
        },
      },
    },
    'plans.starter.limits.usd',
    /: prices\.titan\.longContext\.input, prices\.titan\.tiers\.flex\.output must be above 0/,
  ],
  [
    'a limit in USD with a price of 0 for texts to embed',
    { limits, models: ['titan-embed-v2'], prices: { 'titan-embed-v2': { input: 0, output: 0 } } },
    'plans.starter.limits.usd',
    /: prices\.titan-embed-v2\.input must be above 0/,
  ],
  [
    'a length that no input is below',
    { prices: { titan: { ...price, longContext: { ...price, above: 0 } } } },
    'prices.titan.longContext.above',
    /1/,
  ],
  [
    'a Region that is misspelt, and no price of it',
    { region: 'us-esat-1', limits },
    'region',
    /did you mean "us-east-1"/,
  ],
  [
    'a model that the Region lacks, and no price of it',
    { region: 'eu-west-1', models: ['titan', 'llama'], limits, prices: { titan: price } },
    'models.1',
    /"llama" is not offered in eu-west-1/,
  ],
  [
    'a price of what is not offered',
    { prices: { llama: price } },
    'prices.llama',
    /"llama" is not offered; add it to models, remove its price, or choose from titan/,
  ],
  ['a price below zero', { prices: { titan: { ...price, input: -1 } } }, 'prices.titan.input', /0 or more/],
  ['half a price', { prices: { titan: { input: 1 } } }, 'prices.titan.output', /is missing.*a number/],
  [
    'an unknown part of a price',
    { prices: { titan: { ...price, inptu: 1 } } },
    'prices.titan.inptu',
    /did you mean "input"/,
  ],
  ['a limit below zero', { limits: { tokens: { day: -1 } } }, 'plans.starter.limits.tokens.day', /0 or more/],
  [
    'half a request',
    { limits: { requests: { month: 1.5 } } },
    'plans.starter.limits.requests.month',
    /whole number/,
  ],
  ['half a token of a key', { keyLimits: { tokens: { day: 0.5 } } }, `${keyPath}.tokens.day`, /whole number/],
  ['less than no money', { keyLimits: { usd: { month: -0.01 } } }, `${keyPath}.usd.month`, /0 or more/],
  ...[1e12 + 1, 1e18].map((max): [string, Change, string, RegExp] => [
    `a limit of ${max} requests`,
    { limits: { requests: { month: max } } },
    'plans.starter.limits.requests.month',
    /^must be at most 1,000,000,000,000; for no limit, write null or leave it out$/,
  ]),
  [
    'more dollars than there are',
    { keyLimits: { usd: { month: 1e12 } } },
    `${keyPath}.usd.month`,
    /^must be at most 1,000,000,000; for no limit/,
  ],
  [
    'an unknown kind of limit',
    { limits: { token: { day: 1 } } },
    'plans.starter.limits.token',
    /did you mean "tokens"/,
  ],
  [
    'an unknown period',
    { limits: { tokens: { year: 1 } } },
    'plans.starter.limits.tokens.year',
    /check its spelling/,
  ],
  ['a limit without a period', { limits: { tokens: 5 } }, 'plans.starter.limits.tokens', /must be an object/],
  ['a limit in words', { keyLimits: { usd: { day: '1' } } }, `${keyPath}.usd.day`, /must be a number/],
])('%s is refused, naming the field and the fix', (_fault, change, path, fix) => {
  expect(issuesOf(configOf(change))).toEqual([{ path, message: expect.stringMatching(fix) }]);
});
