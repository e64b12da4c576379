import type { OfferedModel } from '@org/models';
import { describe, expect, test } from 'vitest';
import codingAgents from '../../examples/coding-agents.config.ts';
import shipped from '../../proxy.config.ts';
import { config, issuesOf, plan } from '../testing/config-under-test.ts';
import { parseProxyConfig } from './config.ts';

const imported = {
  alias: 'own',
  upstream: 'invoke',
  format: 'llama',
  modelId: 'arn:aws:bedrock:eu-west-1:111122223333:imported-model/abc',
  maxOutputTokens: 2048,
  lifecycle: { status: 'active' },
} satisfies OfferedModel;

const withPlan = (change: object) => ({ ...config, plans: { starter: { ...plan, ...change } } });
const onlyPlan = (models: string[]) => ({ ...config, models, plans: { starter: { ...plan, models } } });
const withQuota = (quota: object) => withPlan({ quota });
const withKeys = (...keys: unknown[]) => ({ ...config, teams: { research: { plan: 'starter', keys } } });

test('a config gets its defaults', () => {
  expect(parseProxyConfig(config)).toEqual({
    ...config,
    plans: { starter: { ...plan, quota: { limit: 100, period: 'MONTH', offset: 0 } } },
    teams: { research: { plan: 'starter', keys: [{ name: 'research-key', enabled: true }] } },
    timeZone: 'UTC',
    bootstrapQualifier: 'hnb659fds',
    globalInference: false,
    bearer: true,
    accessLog: false,
    logRetentionDays: 30,
    memoryMb: 512,
    notify: false,
    alarms: {},
    costByPlan: false,
    dashboard: true,
    removalPolicy: 'retain',
    traces: false,
    waf: false,
  });
});

test('a plan for coding agents lowers their maxTokens', () => {
  expect(codingAgents.plans['agents']).toMatchObject({ maxTokens: 16_384, clampMaxTokens: true });
});

test('a checked config passes unchanged', () => {
  expect(parseProxyConfig(shipped)).toEqual(shipped);
});

test('a key can be made and refused', () => {
  const { teams } = parseProxyConfig(withKeys({ name: 'old', enabled: false }, 'new'));
  expect(teams['research']?.keys).toEqual([
    { name: 'old', enabled: false },
    { name: 'new', enabled: true },
  ]);
});

test("a config's own definition may replace a model of the catalogue", () => {
  const modelId = 'arn:aws:bedrock:us-east-1:111122223333:imported-model/abc';
  const own = { ...config, models: ['titan', { ...imported, alias: 'llama', modelId }] };
  expect(parseProxyConfig(own).models).toEqual(own.models);
});

test('a plan may have a guardrail, by its id or by its ARN in this Region', () => {
  for (const id of ['abc123', 'arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123']) {
    for (const version of ['1', 'DRAFT']) {
      const { plans } = parseProxyConfig(withPlan({ guardrail: { id, version } }));
      expect(plans['starter']?.guardrail).toEqual({ id, version });
    }
  }
});

test('a model that only a global profile offers is deployed if global inference is allowed', () => {
  const brazil = { ...onlyPlan(['claude-haiku-4.5']), region: 'sa-east-1', globalInference: true };
  expect(parseProxyConfig(brazil)).toMatchObject({ globalInference: true, models: ['claude-haiku-4.5'] });
});

test('a team may have no keys in the config: people sign in for it, or its keys are made at run time', () => {
  const teams = { research: { plan: 'starter' }, sales: { plan: 'starter', keys: [] } };
  expect(parseProxyConfig({ ...config, teams }).teams).toEqual({
    research: { plan: 'starter', keys: [] },
    sales: { plan: 'starter', keys: [] },
  });
});

test('a legacy model is deployed, because it still answers', () => {
  expect(parseProxyConfig(onlyPlan(['llama-3.3-70b'])).models).toEqual(['llama-3.3-70b']);
});

const faults: [fault: string, config: unknown, path: string, fix: RegExp][] = [
  ['no config', undefined, 'config', /is missing and must be an object/],
  ['a missing field', { ...config, region: undefined }, 'region', /is missing and must be a string/],
  ['a field of the wrong kind', { ...config, accessLog: 'yes' }, 'accessLog', /must be true or false/],
  ['an unknown field', { ...config, tems: {} }, 'tems', /not a field.*did you mean "teams"/],
  [
    'an unknown field deep inside',
    withQuota({ ...plan.quota, of: 1 }),
    'plans.starter.quota.of',
    /not a field/,
  ],
  [
    'a stack name CloudFormation refuses',
    { ...config, name: '1 proxy' },
    'name',
    /start with a lower-case letter/,
  ],
  [
    'a stage that is not a path segment',
    { ...config, stage: 'dev/1' },
    'stage',
    /lower-case letters and digits/,
  ],
  [
    'a stage by which two configs would be one stack: bedrock and prod-eu, bedrock-prod and eu',
    { ...config, stage: 'prod-eu' },
    'stage',
    /no hyphens/,
  ],
  ['something else than a Region', { ...config, region: 'Virginia' }, 'region', /such as us-east-1/],
  ['no models', { ...config, models: [] }, 'models', /at least one model/],
  [
    'another name for a model that is not offered',
    { ...config, aliases: { 'gpt-4o': 'nova-premier' } },
    'aliases.gpt-4o',
    /"nova-premier" is not offered; add it to models, or choose from/,
  ],
  [
    'another name that is an alias already',
    { ...onlyPlan(['titan', 'llama']), aliases: { titan: 'llama' } },
    'aliases.titan',
    /is the alias of a model already/,
  ],
  [
    'another name for another name',
    { ...onlyPlan(['titan']), aliases: { 'gpt-4o': 'gpt-4', 'gpt-4': 'titan' } },
    'aliases.gpt-4o',
    /name the model that it stands for/,
  ],
  [
    'another name that no request should have',
    { ...onlyPlan(['titan']), aliases: { 'gpt 4o': 'titan' } },
    'aliases.gpt 4o',
    /the name must start with a letter or digit/,
  ],
  [
    'an alias outside the catalogue',
    { ...config, models: ['titan', 'llama', 'gpt'] },
    'models.2',
    /no "gpt"; choose from titan, llama, nova/,
  ],
  [
    'an alias offered twice',
    { ...config, models: ['titan', 'llama', 'titan'] },
    'models.2',
    /after models\.0; remove/,
  ],
  ['a model of the wrong kind', { ...config, models: [7] }, 'models.0', /must be a string or an object/],
  [
    'an unfinished definition',
    { ...onlyPlan(['own']), models: [{ ...imported, format: 'gpt' }] },
    'models.0.format',
    /"titan-text", "llama"/,
  ],
  [
    'a model outside its Regions',
    { ...config, region: 'eu-west-1' },
    'models.1',
    /not offered in eu-west-1, only in us-east-1, us-east-2/,
  ],
  [
    'a model that only a global profile offers',
    { ...onlyPlan(['claude-haiku-4.5']), region: 'sa-east-1' },
    'models.0',
    /not offered in sa-east-1, only in (?!.*sa-east-1).*us-east-1.*; take it out .* or set globalInference to true/,
  ],
  [
    'a model outside its Regions, with global inference',
    { ...config, region: 'eu-west-1', globalInference: true },
    'models.1',
    /not offered in eu-west-1, only in us-east-1, .*; take it out here and in every plan, or deploy to one of these$/,
  ],
  ...['eu', 'us-gov', 'global'].map((prefix): [string, unknown, string, RegExp] => [
    `the id of a profile of ${prefix} in place of a model's`,
    {
      ...onlyPlan(['own']),
      models: [{ ...imported, modelId: `${prefix}.amazon.nova-lite-v1:0` }],
    },
    'models.0.modelId',
    new RegExp(
      `inference profile; give "amazon.nova-lite-v1:0", .* inferenceProfiles: { '${prefix}': { 'us-east-1'`,
    ),
  ]),
  [
    'global inference of another kind',
    { ...config, globalInference: 'eu' },
    'globalInference',
    /must be true or false/,
  ],
  [
    'a guardrail without a version',
    withPlan({ guardrail: { id: 'abc123' } }),
    'plans.starter.guardrail.version',
    /is missing and must be a string/,
  ],
  [
    'a guardrail that is none',
    withPlan({ guardrail: { id: 'arn:aws:s3:::abc', version: '1' } }),
    'plans.starter.guardrail.id',
    /must be the id or the ARN of a guardrail/,
  ],
  [
    'a guardrail profile that is none',
    withPlan({ guardrail: { id: 'abc123', version: '1', profile: { id: 'us', regions: ['us-east-1'] } } }),
    'plans.starter.guardrail.profile.id',
    /must be the id of a guardrail profile such as us\.guardrail\.v1:0/,
  ],
  [
    'a guardrail profile without Regions',
    withPlan({
      guardrail: { id: 'abc123', version: '1', profile: { id: 'us.guardrail.v1:0', regions: [] } },
    }),
    'plans.starter.guardrail.profile.regions',
    /at least one Region/,
  ],
  [
    'a version that guardrails do not have',
    withPlan({ guardrail: { id: 'abc123', version: 'latest' } }),
    'plans.starter.guardrail.version',
    /must be the number of a version, or DRAFT/,
  ],
  [
    'a guardrail of another Region',
    withPlan({ guardrail: { id: 'arn:aws:bedrock:eu-west-1:111122223333:guardrail/abc123', version: '1' } }),
    'plans.starter.guardrail.id',
    /guardrail in eu-west-1.* us-east-1/,
  ],
  [
    'a model imported elsewhere',
    { ...config, models: ['titan', 'llama', imported] },
    'models.2',
    /not offered in us-east-1, only in eu-west-1/,
  ],
  ['no plans', { ...config, plans: {} }, 'plans', /at least one plan/],
  [
    'a plan with a strange name',
    { ...config, plans: { starter: plan, 'a/b': plan } },
    'plans.a/b',
    /the name must start with/,
  ],
  ['a plan without a quota', withPlan({ quota: undefined }), 'plans.starter.quota', /is missing/],
  ['a plan with a quota of null', withPlan({ quota: null }), 'plans.starter.quota', /must be an object/],
  [
    'a rate of zero',
    withPlan({ throttle: { rate: 0, burst: 1 } }),
    'plans.starter.throttle.rate',
    /above 0 requests per second/,
  ],
  [
    'a burst of zero',
    withPlan({ throttle: { rate: 1, burst: 0 } }),
    'plans.starter.throttle.burst',
    /from 1 to/,
  ],
  ['a quota of zero', withQuota({ limit: 0, period: 'DAY' }), 'plans.starter.quota.limit', /from 1 to/],
  ...[2 ** 31, 1e15, 1e18].flatMap((amount): [string, unknown, string, RegExp][] => [
    [
      `a quota of ${amount}`,
      withQuota({ limit: amount, period: 'DAY' }),
      'plans.starter.quota.limit',
      /^must be a whole number from 1 to 2,147,483,647$/,
    ],
    [
      `a burst of ${amount}`,
      withPlan({ throttle: { rate: 5, burst: amount } }),
      'plans.starter.throttle.burst',
      /^must be a whole number from 1 to 2,147,483,647$/,
    ],
  ]),
  ['half a request', withQuota({ limit: 1.5, period: 'DAY' }), 'plans.starter.quota.limit', /whole number/],
  [
    'a period API Gateway does not have',
    withQuota({ limit: 1, period: 'YEAR' }),
    'plans.starter.quota.period',
    /"DAY", "WEEK", "MONTH"/,
  ],
  [
    'an offset of a day',
    withQuota({ limit: 9, period: 'DAY', offset: 1 }),
    'plans.starter.quota.offset',
    /must be 0/,
  ],
  [
    'an offset above a week',
    withQuota({ limit: 9, period: 'WEEK', offset: 7 }),
    'plans.starter.quota.offset',
    /0 and 6/,
  ],
  [
    'an offset above a month',
    withQuota({ limit: 99, period: 'MONTH', offset: 28 }),
    'plans.starter.quota.offset',
    /0 and 27/,
  ],
  [
    'an offset that leaves no request',
    withQuota({ limit: 5, period: 'MONTH', offset: 5 }),
    'plans.starter.quota.offset',
    /0 and 4/,
  ],
  [
    'an offset below zero',
    withQuota({ limit: 5, period: 'MONTH', offset: -1 }),
    'plans.starter.quota.offset',
    /0 and 4/,
  ],
  ['a plan without models', withPlan({ models: [] }), 'plans.starter.models', /at least one of the models/],
  [
    'a plan with a model not offered',
    withPlan({ models: ['titan', 'nova-pro'] }),
    'plans.starter.models.1',
    /"nova-pro" is not offered.*titan, llama/,
  ],
  ['maxTokens above every model', withPlan({ maxTokens: 9000 }), 'plans.starter.maxTokens', /above 8192/],
  ['no teams', { ...config, teams: {} }, 'teams', /at least one team/],
  [
    'a team with an unknown plan',
    { ...config, teams: { research: { plan: 'gold', keys: ['k'] } } },
    'teams.research.plan',
    /no plan "gold"; choose from starter/,
  ],
  [
    'a key with a strange name',
    withKeys('my key'),
    'teams.research.keys.0',
    /must start with a letter or digit/,
  ],
  ['a key of the wrong kind', withKeys(7), 'teams.research.keys.0', /must be a string or an object/],
  [
    'a key with a name that is kept for signed-in callers',
    withKeys('bedrock-proxy-dev-research-sign-in'),
    'teams.research.keys.0',
    /must not end in -sign-in/,
  ],
  [
    'such a key with limits',
    withKeys({ name: 'any-sign-in', limits: { requests: { day: 1 } } }),
    'teams.research.keys.0.name',
    /must not end in -sign-in/,
  ],
  [
    'a key named twice',
    withKeys('k', { name: 'k' }),
    'teams.research.keys.1',
    /already the name of teams\.research\.keys\.0/,
  ],
  [
    'a retention CloudWatch refuses',
    { ...config, logRetentionDays: 2 },
    'logRetentionDays',
    /one of 1, 3, 5, 7/,
  ],
  [
    'a key named like a property that every object has',
    withKeys('toString'),
    'teams.research.keys.0',
    /JavaScript/,
  ],
  ['a field without a name', { ...config, '': 1 }, '""', /is not a field/],
];

describe('an error names the field and the fix:', () => {
  test.each(faults)('%s', (_, faulty, path, fix) => {
    const [issue, ...others] = issuesOf(faulty);
    expect(issue).toEqual({ path, message: expect.stringMatching(fix) });
    expect(others).toEqual([]);
  });

  test('a key of two teams', () => {
    const { research } = config.teams;
    expect(issuesOf({ ...config, teams: { research, sales: research } })).toEqual([
      { path: 'teams.sales.keys.0', message: expect.stringMatching(/already.*teams\.research\.keys\.0/) },
    ]);
  });
});

test('all faults come in one error', () => {
  const faulty = {
    ...withPlan({ models: ['nova-pro'], throttle: { rate: -1, burst: 10 } }),
    teams: { research: { plan: 'gold', keys: ['k', 'k'] } },
  };
  expect(issuesOf(faulty).map(({ path }) => path)).toEqual([
    'plans.starter.throttle.rate',
    'plans.starter.models.0',
    'teams.research.plan',
    'teams.research.keys.1',
  ]);
});

test('faults of every kind come in one error, without their consequences', () => {
  const faulty = {
    ...config,
    stage: 7,
    region: undefined,
    logRetention: 3,
    models: ['titan', 'lama', { ...imported, format: 'gpt' }],
    aliases: { 'gpt-4o': 'tiatn', 'gpt 5': 'titan' },
    plans: {
      starter: {
        ...plan,
        throttle: { rate: 'fast', burst: 1 },
        models: ['titan', 'llama', 'own', 5],
        quotas: 1,
      },
      'a/b': plan,
      other: 'none',
    },
    teams: {
      research: { plan: 'statrer', keys: ['k', 8, 'k'] },
      sales: { plan: 'a/b', key: ['s'] },
      support: { plan: 'other', keys: ['t'] },
    },
    prices: { titan: { input: 1 }, tital: { input: 1, output: 1 } },
    stageThrottle: { rate: 1, burst: 0.5 },
  };
  expect(
    issuesOf(faulty)
      .map(({ path }) => path)
      .toSorted(),
  ).toEqual([
    'aliases.gpt 5',
    'aliases.gpt-4o',
    'logRetention',
    'models.1',
    'models.2.format',
    'plans.a/b',
    'plans.a/b.models.1',
    'plans.other',
    'plans.starter.models.1',
    'plans.starter.models.3',
    'plans.starter.quotas',
    'plans.starter.throttle.rate',
    'prices.tital',
    'prices.titan.output',
    'region',
    'stage',
    'stageThrottle.burst',
    'teams.research.keys.1',
    'teams.research.keys.2',
    'teams.research.plan',
    'teams.sales.key',
  ]);
});

test.each<[what: string, faulty: unknown, path: string, message: string]>([
  [
    'a model',
    { ...config, models: ['titan', 'llama', 'nova-light'] },
    'models.2',
    'the catalogue has no "nova-light"; did you mean "nova-lite"? Otherwise',
  ],
  [
    'a model of a plan',
    withPlan({ models: ['titan', 'lama'] }),
    'plans.starter.models.1',
    '"lama" is not offered; did you mean "llama"? Otherwise',
  ],
  [
    'a model of another name',
    { ...config, aliases: { 'gpt-4o': 'lama' } },
    'aliases.gpt-4o',
    '"lama" is not offered; did you mean "llama"? Otherwise',
  ],
  [
    'a priced model',
    { ...config, prices: { lama: { input: 1, output: 1 } } },
    'prices.lama',
    '"lama" is not offered; did you mean "llama"? Otherwise',
  ],
  [
    'a plan',
    { ...config, teams: { research: { plan: 'startr', keys: ['k'] } } },
    'teams.research.plan',
    'there is no plan "startr"; did you mean "starter"? Otherwise',
  ],
  [
    'a Region',
    { ...config, region: 'us-eest-1' },
    'region',
    'no model is offered in "us-eest-1"; did you mean "us-east-1"? Otherwise',
  ],
  [
    'a field',
    { ...config, log_retention_days: 3 },
    'log_retention_days',
    'is not a field of the config (did you mean "logRetentionDays"?)',
  ],
  [
    'a field of a plan',
    withPlan({ maxTokns: 3 }),
    'plans.starter.maxTokns',
    'is not a field of the config (did you mean "maxTokens"?)',
  ],
  [
    'a field of a key',
    withKeys({ name: 'k', enable: false }),
    'teams.research.keys.0.enable',
    'is not a field of the config (did you mean "enabled"?)',
  ],
  [
    'a field of a limit',
    withPlan({ limits: { request: {} } }),
    'plans.starter.limits.request',
    'is not a field of the config (did you mean "requests"?)',
  ],
  [
    'a field of a definition',
    { ...onlyPlan(['own']), models: [{ ...imported, modelId: 'a.b', lifecycel: 1 }] },
    'models.0.lifecycel',
    'is not a field of the config (did you mean "lifecycle"?)',
  ],
])('%s that is misspelt is named with what is near', (_, faulty, path, message) => {
  const found = issuesOf(faulty).find((issue) => issue.path === path);
  expect(found?.message.slice(0, message.length)).toBe(message);
});

test('a misspelt model is not among those to choose from', () => {
  const [, unknown] = issuesOf({
    ...config,
    models: ['titan', 'lama'],
  });
  expect(unknown).toEqual({
    path: 'plans.starter.models.1',
    message: '"llama" is not offered; add it to models, or choose from titan',
  });
});

test('if no model is in the Region, that is the only fault, whatever the models are', () => {
  expect(issuesOf({ ...config, region: 'us-eest-1' })).toEqual([
    {
      path: 'region',
      message: expect.stringMatching(/^no model is offered in "us-eest-1"; did you mean .*us-east-1/),
    },
  ]);
});
