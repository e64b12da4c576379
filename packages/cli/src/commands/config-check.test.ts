import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../program.ts';
import { recordingTerminal } from '../testing/recording-terminal.ts';

const directory = mkdtempSync(join(tmpdir(), 'config-check-'));
afterAll(() => rmSync(directory, { recursive: true }));

const plan = {
  throttle: { rate: 1, burst: 2 },
  quota: { limit: 100, period: 'DAY' },
  models: ['nova-lite'],
};

const limits = { tokens: { month: 1_000_000 } };

const good = {
  name: 'proxy',
  stage: 'test',
  region: 'us-east-1',
  models: ['nova-lite', 'nova-pro', 'claude-haiku-4.5'],
  plans: {
    trial: { ...plan, limits: { requests: { day: 10 } } },
    daily: { ...plan, models: ['nova-lite', 'nova-pro'], limits: { usd: { month: 20 } } },
    large: { ...plan, models: ['nova-pro', 'claude-haiku-4.5'], maxTokens: 4000, limits },
  },
  teams: {
    acme: { plan: 'trial', keys: ['acme-app'] },
    toll: { plan: 'daily', keys: ['toll-app', { name: 'toll-batch', limits: { tokens: { day: 500 } } }] },
    research: { plan: 'large', keys: ['research-app'] },
  },
};

let written = 0;

async function check(config: object | string, ...options: string[]) {
  written += 1;
  const file = join(directory, `config-${written}.mjs`);
  writeFileSync(file, typeof config === 'string' ? config : `export default ${JSON.stringify(config)}`);
  const terminal = recordingTerminal();
  const code = await run(['config', 'check', file, ...options], terminal, () => 0);
  return { code, printed: terminal.printed.join('\n'), noted: terminal.noted.join('\n') };
}

const withPlan = (change: object) => ({
  ...good,
  plans: { ...good.plans, trial: { ...plan, ...change } },
});
const withTeam = (change: object) => ({
  ...good,
  teams: { ...good.teams, acme: { ...good.teams.acme, ...change } },
});
const unpriced = {
  alias: 'own',
  modelId: 'example.own-v1:0',
  upstream: 'converse',
  capabilities: [],
  maxOutputTokens: 100,
  lifecycle: { status: 'active' },
};

/** What is wrong, and what the answer must name: the field, and how to put it right. */
const broken: [fault: string, config: object | string, field: string, fix: RegExp][] = [
  ['no default export', 'export const config = {};', 'config', /must be an object/],
  ['a file that does not compile', 'export default {', 'config', /cannot be loaded/],
  ['no stage', { ...good, stage: undefined }, 'stage', /is missing; it must be a text/],
  ['a name in capitals', { ...good, name: 'Proxy' }, 'name', /must start with a lower-case letter/],
  ['a Region that is none', { ...good, region: 'Virginia' }, 'region', /must be an AWS Region such as/],
  ['a field that is misspelt', { ...good, acessLog: true }, 'acessLog', /check its spelling/],
  ['no models', { ...good, models: [] }, 'models', /must offer at least one model/],
  ['a model that nobody knows', { ...good, models: ['gpt'] }, 'models.0', /catalogue has no "gpt", only/],
  [
    'a model offered twice',
    { ...good, models: [...good.models, 'nova-pro'] },
    'models.3',
    /again after models\.1; remove one/,
  ],
  [
    'a model of another Region',
    { ...good, region: 'sa-east-1', models: [...good.models, 'llama'] },
    'models.3',
    /not offered in sa-east-1, only in .*; take it out/,
  ],
  ['no plans', { ...good, plans: {} }, 'plans', /must have at least one plan/],
  ['a plan without a quota', withPlan({ quota: undefined }), 'plans.trial.quota', /is missing; it must be/],
  [
    'a quota a year',
    withPlan({ quota: { limit: 1, period: 'YEAR' } }),
    'plans.trial.quota.period',
    /must be one of DAY, WEEK, MONTH/,
  ],
  [
    'an offset beyond the period',
    withPlan({ quota: { limit: 100, period: 'WEEK', offset: 9 } }),
    'plans.trial.quota.offset',
    /must be between 0 and 6/,
  ],
  [
    'a rate of nothing',
    withPlan({ throttle: { rate: 0, burst: 1 } }),
    'plans.trial.throttle.rate',
    /must be above 0/,
  ],
  [
    'half a request at once',
    withPlan({ throttle: { rate: 1, burst: 0.5 } }),
    'plans.trial.throttle.burst',
    /must be a/,
  ],
  [
    'a plan with a model that is not offered',
    withPlan({ models: ['titan'] }),
    'plans.trial.models.0',
    /add it to models, or choose from/,
  ],
  [
    'more tokens than any model answers',
    withPlan({ maxTokens: 9999 }),
    'plans.trial.maxTokens',
    /is above 5000.*lower it, or leave it out/,
  ],
  [
    'a limit of no kind',
    withPlan({ limits: { calls: { day: 1 } } }),
    'plans.trial.limits.calls',
    /is not a field of the config/,
  ],
  [
    'a limit below nothing',
    withPlan({ limits: { requests: { day: -1 } } }),
    'plans.trial.limits.requests.day',
    /must be|at least|0/,
  ],
  [
    'a limit in USD on a model without a price',
    {
      ...good,
      models: [...good.models, unpriced],
      plans: { ...good.plans, trial: { ...plan, models: ['own'], limits: { usd: { day: 1 } } } },
    },
    'plans.trial.limits.usd',
    /give it beside models, in USD per million tokens, prices: \{ own: \{ input: \.\.\., output: \.\.\. \} \}/,
  ],
  [
    'a limit in USD on a model that costs nothing',
    { ...good, prices: { 'nova-lite': { input: 0, output: 0 } } },
    'plans.daily.limits.usd',
    /prices\.nova-lite\.input, prices\.nova-lite\.output must be above 0 .*; give what AWS charges/,
  ],
  [
    'a price of a model that is not offered',
    { ...good, prices: { titan: { input: 1, output: 1 } } },
    'prices.titan',
    /add it to models, remove its price/,
  ],
  ['a team of no plan', withTeam({ plan: 'gold' }), 'teams.acme.plan', /choose from trial, daily, large/],
  ['a team without keys', withTeam({ keys: [] }), 'teams.acme.keys', /must have at least one key/],
  [
    'a key name with a space',
    withTeam({ keys: ['acme app'] }),
    'teams.acme.keys.0',
    /must start with a letter or digit/,
  ],
  [
    'a key of two teams',
    withTeam({ keys: ['toll-app'] }),
    'teams.toll.keys.0',
    /already the name of teams\.acme\.keys\.0; rename/,
  ],
  [
    'keys that differ in punctuation',
    withTeam({ keys: ['tollapp'] }),
    'teams.toll.keys.0',
    /in punctuation only; rename/,
  ],
  [
    'a guardrail of another Region',
    withPlan({
      guardrail: { id: 'arn:aws:bedrock:eu-west-1:111122223333:guardrail/abcdefgh1234', version: '1' },
    }),
    'plans.trial.guardrail.id',
    /give one of us-east-1/,
  ],
  ['an address that is none', { ...good, alarms: { email: 'me' } }, 'alarms.email', /must be an e-mail/],
  [
    'an origin with a path',
    { ...good, cors: { origins: ['https://a.example/x'] } },
    'cors.origins.0',
    /without a path/,
  ],
  [
    'a time that logs are not kept for',
    { ...good, logRetentionDays: 31 },
    'logRetentionDays',
    /must be one of 1, 3/,
  ],
  [
    'more keys than the functions can be told of',
    withTeam({ keys: Array.from({ length: 200 }, (_, index) => `key-of-acme-${index}`) }),
    'config',
    /Lambda allows 4096; shorten names/,
  ],
];

test.each(broken)('%s is named, with field and fix', async (_, config, field, fix) => {
  const { code, printed, noted } = await check(config, '--json');
  expect(code).toBe(1);
  const { valid, issues } = JSON.parse(printed);
  expect(valid).toBe(false);
  expect(issues).toContainEqual({ path: field, message: expect.stringMatching(fix) });
  expect(noted).toContain(`  ${field}: `);
});

test('all faults are named at once', async () => {
  const { noted } = await check({ ...good, name: '', region: '', models: 'all', teams: 1 });
  for (const field of ['name', 'region', 'models', 'teams']) expect(noted).toMatch(`  ${field}: must`);
});

test('a good config is told in short: plans with their teams, keys and limits, and models', async () => {
  const { code, printed, noted } = await check(good);
  expect({ code, noted }).toEqual({ code: 0, noted: '' });
  expect(printed).toMatch(/^The config is good: proxy-test in us-east-1\.$/m);
  expect(printed).toMatch(/^daily +1 +2 +\$20\.00\/month +nova-lite, nova-pro$/m);
  expect(printed).toMatch(/^large +1 +1 +1,000,000 tokens\/month +nova-pro, claude-haiku-4\.5$/m);
  expect(printed).toMatch(/^nova-pro +0\.8 +3\.2 +active +us-east-1$/m);
});

test('a model that other Regions may answer is told with them and its profile', async () => {
  const { printed } = await check(good);
  expect(printed).toMatch(/^claude-haiku-4\.5 .* us-east-1, us-east-2, us-west-2 \(profile us\.\)$/m);
  const { printed: json } = await check(good, '--json');
  expect(JSON.parse(json).models[2]).toMatchObject({
    modelId: expect.stringMatching(/^us\./),
    regions: ['us-east-1', 'us-east-2', 'us-west-2'],
  });
  const brazil = { ...good, region: 'sa-east-1', models: ['claude-haiku-4.5'], globalInference: true };
  const plans = { trial: { ...plan, models: brazil.models, limits } };
  const { printed: worldwide } = await check({ ...brazil, plans, teams: { acme: good.teams.acme } });
  expect(worldwide).toMatch(/^claude-haiku-4\.5 .* any commercial Region \(profile global\.\)$/m);
});

test('the most that a month can cost is told where every plan has a limit on it', async () => {
  const usd = (month: number) => ({ limits: { usd: { month } } });
  const plans = {
    trial: { ...plan, ...usd(0.25) },
    daily: { ...plan, ...usd(20) },
    large: { ...plan, ...usd(50) },
  };
  const teams = { ...good.teams, second: { plan: 'trial', keys: ['second-app'] } };
  const bounded = { ...good, plans, teams };
  expect((await check(bounded)).printed).toMatch(/teams of the config \$70\.50 a month at the most/);
  expect(JSON.parse((await check(bounded, '--json')).printed)).toMatchObject({ mostUsdPerMonth: 70.5 });

  const { printed } = await check(good);
  expect(printed).toMatch(/^What a month can cost at the most is not bounded/m);
  expect(JSON.parse((await check(good, '--json')).printed)).not.toHaveProperty('mostUsdPerMonth');
});

test('a quota that ends before the limit does is a warning, and the config is good all the same', async () => {
  const { code, printed, noted } = await check(withPlan({ limits: { requests: { day: 100 } } }));
  expect(code).toBe(0);
  expect(printed).toMatch(/^The config is good/);
  expect(noted).toMatch(
    /^warning {2}plan trial: the quota of API Gateway.*\n +Set plans\.trial\.quota\.limit/m,
  );
});

test("a key's own limit that its plan's ends before is a warning, too", async () => {
  const key = { name: 'acme-app', limits: { requests: { day: 10 } } };
  const { code, noted } = await check(withTeam({ keys: [key] }));
  expect(code).toBe(0);
  expect(noted).toMatch(
    /^warning {2}key acme-app: its own 10 requests\/day .*\n +Lower teams\.acme\.keys\.0/m,
  );
});

test('a price per 1,000 tokens is a warning, too', async () => {
  const { code, noted } = await check({
    ...good,
    prices: { 'nova-lite': { input: 0.00006, output: 0.00024 } },
  });
  expect(code).toBe(0);
  expect(noted).toMatch(
    /^warning {2}price of nova-lite: prices\.nova-lite\.input is 0\.00006, .*\n +Give USD per/m,
  );
});

test('a plan without limits is a warning, too', async () => {
  const { code, printed, noted } = await check(withPlan({}));
  expect(code).toBe(0);
  expect(printed).toMatch(/^trial +1 +1 +none +nova-lite$/m);
  expect(noted).toMatch(/^warning {2}plan trial: has no limits: .*\n +Give plans\.trial\.limits/m);
});

test('as JSON, too', async () => {
  const { printed } = await check(good, '--json');
  expect(JSON.parse(printed)).toMatchObject({
    valid: true,
    warnings: [],
    stack: 'proxy-test',
    plans: [{ name: 'trial', teams: 1, keys: 1 }, { name: 'daily' }, { name: 'large' }],
  });
});
