import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runRecorded } from '../testing/recording-terminal.ts';

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
    toll: { plan: 'daily', keys: ['toll-app', { name: 'toll-batch', limits: { tokens: { day: 6000 } } }] },
    research: { plan: 'large', keys: ['research-app'] },
  },
};

let written = 0;

async function check(config: object | string, ...options: string[]) {
  written += 1;
  const file = join(directory, `config-${written}.mjs`);
  writeFileSync(file, typeof config === 'string' ? config : `export default ${JSON.stringify(config)}`);
  return runRecorded(['config', 'check', file, ...options]);
}

const withPlan = (change: object) => ({
  ...good,
  plans: { ...good.plans, trial: { ...plan, ...change } },
});
const withTeam = (change: object) => ({
  ...good,
  teams: { ...good.teams, acme: { ...good.teams.acme, ...change } },
});
/** A fault, and the answer's necessary parts: the field, and the fix. */
const broken: [fault: string, config: object | string, field: string, fix: RegExp][] = [
  [
    'no default export',
    'export const config = {};',
    'config',
    /\.mjs has no default export: write .*export default/,
  ],
  ['a file that does not compile', 'export default {', 'config', /cannot be loaded/],
  ['a field that is misspelt', { ...good, acessLog: true }, 'acessLog', /did you mean "accessLog"/],
  [
    'more keys than a stack has room for',
    withTeam({ keys: Array.from({ length: 200 }, (_, index) => `key-of-acme-${index}`) }),
    'teams',
    /room for 191; make the others with "proxy keys create"/,
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
  const mixed = await check({ ...good, stage: 7, models: ['nova-light'], prices: { 'nova-pro': {} } });
  for (const field of ['stage', 'models.0', 'plans.daily.models.1', 'prices.nova-pro.input']) {
    expect(mixed.noted).toContain(`  ${field}: `);
  }
  const { noted } = await check({ ...good, name: '', region: '', models: 'all', teams: 1 });
  for (const field of ['name', 'region', 'models', 'teams']) expect(noted).toMatch(`  ${field}: must`);
});

test('a good config is shown in short: plans with their teams, keys and limits, and models', async () => {
  const { code, printed, noted } = await check(good);
  expect({ code, noted }).toEqual({ code: 0, noted: '' });
  expect(printed).toMatch(/^The config is good: proxy-test in us-east-1\.$/m);
  expect(printed).toMatch(/^daily +1 +2 +\$20\.00\/month +nova-lite, nova-pro$/m);
  expect((await check(withPlan({}))).printed).toMatch(/^trial +1 +1 +none +nova-lite$/m);
  expect(printed).toMatch(/^large +1 +1 +1,000,000 tokens\/month +nova-pro, claude-haiku-4\.5$/m);
  expect(printed).toMatch(/^nova-pro +0\.8 +3\.2 +active +us-east-1$/m);
});

test('a model that other Regions may answer is shown with them and its profile', async () => {
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

const usd = (month: number) => ({ limits: { usd: { month } } });
const bounded = {
  ...good,
  plans: {
    trial: { ...plan, ...usd(0.25) },
    daily: { ...plan, ...usd(20) },
    large: { ...plan, ...usd(50) },
  },
  teams: { ...good.teams, second: { plan: 'trial', keys: ['second-app'] } },
};

test('the most that a month can cost is shown, by team and with its arithmetic', async () => {
  const { printed } = await check(bounded);
  expect(printed).toMatch(/\$70\.50 per month/);
  expect(printed).toMatch(/^research +\$50\.00 +\$50\.00\/month$/m);
  expect(printed).toMatch(/trial \$0\.25, daily \$20\.00, large \$50\.00\./);
  expect(JSON.parse((await check(bounded, '--json')).printed)).toMatchObject({
    cost: { usd: 70.5, exact: true },
  });

  const byTokens = await check(good);
  expect(byTokens.printed).toMatch(
    /^research +\$5\.60 +1,000,000 tokens\/month × \$5\.60 a million \(nova-pro\)$/m,
  );
  const none = await check(withPlan({}));
  expect(none.printed).toMatch(/API Gateway, best effort, for acme\./);
  expect(none.printed).toMatch(
    /^acme .* 100 requests\/day × 31 × \$\S+ \(nova-lite\), by the quota of each key, best effort$/m,
  );
});

test('against another config, or what it printed, it is said what a change does to the cost of a month', async () => {
  const more = { ...bounded, plans: { ...bounded.plans, daily: { ...plan, ...usd(30) } } };
  const before = join(directory, 'before.json');
  writeFileSync(before, (await check(bounded, '--json')).printed);
  const config = join(directory, 'before.mjs');
  writeFileSync(config, `export default ${JSON.stringify(bounded)}`);
  for (const file of [before, config]) {
    expect((await check(more, '--against', file)).printed).toMatch(
      /from \$70\.50 to \$80\.50 per month, of it toll \+\$10\.00\..*daily: from \$20\.00 to \$30\.00/s,
    );
  }
  const comment = (await check(more, '--against', before, '--markdown')).printed;
  expect(comment).toMatch(/^\*\*.*from \$70\.50/);
  expect(comment).toContain('| toll | $20.00 | $30.00 | $30.00/month |');

  for (const [content, message] of [
    ['{}', /before\.json.*config check --json/],
    ['{', /before\.json.*config check --json/],
  ] as const) {
    writeFileSync(before, content);
    const { code, noted } = await check(more, '--against', before);
    expect(code).toBe(1);
    expect(noted).toMatch(message);
  }
});

const ownLimits = { name: 'acme-app', limits: { requests: { day: 10 } } };
const perThousand = { 'nova-lite': { input: 0.00006, output: 0.00024 } };

test.each([
  [
    'a quota that ends before the limit does',
    withPlan({ limits: { requests: { day: 100 } } }),
    /^warning {2}plan trial: the quota of API Gateway.*\n +Set plans\.trial\.quota\.limit/m,
  ],
  [
    "a key's own limit that its plan's ends before",
    withTeam({ keys: [ownLimits] }),
    /^warning {2}key acme-app: its own 10 requests\/day .*\n +Lower teams\.acme\.keys\.0/m,
  ],
  [
    'a price per 1,000 tokens',
    { ...good, prices: perThousand },
    /^warning {2}price of nova-lite: prices\.nova-lite\.input is 0\.00006, .*\n +Give USD per/m,
  ],
  [
    'a plan without limits',
    withPlan({}),
    /^warning {2}plan trial: has no limits: .*\n +Give plans\.trial\.limits/m,
  ],
])('%s is a warning, and the config is good all the same', async (_, config, warning) => {
  const { code, printed, noted } = await check(config);
  expect(code).toBe(0);
  expect(printed).toMatch(/^The config is good, with (?:1 warning|2 warnings) below: /);
  expect(noted).toMatch(warning);
});

test('as JSON too', async () => {
  const { printed } = await check(good, '--json');
  expect(JSON.parse(printed)).toMatchObject({
    valid: true,
    warnings: [],
    stack: 'proxy-test',
    plans: [{ name: 'trial', teams: 1, keys: 1 }, { name: 'daily' }, { name: 'large' }],
  });
});

test('who has prompts kept is said, and that no limit bounds the price of it', async () => {
  const all = await check({ ...good, promptLog: { retentionDays: 30 } });
  expect(all.printed).toContain('Prompts and answers of all plans are kept for 30 days.');
  expect(all.printed).toContain('no limit bounds them');
  const some = { retentionDays: 1, plans: ['daily', 'trial'] };
  expect((await check({ ...good, promptLog: some })).printed).toContain(
    'Prompts and answers of the plans daily, trial are kept for 1 day.',
  );
  expect(JSON.parse((await check({ ...good, promptLog: some }, '--json')).printed)).toMatchObject({
    promptLog: some,
  });
  expect((await check(good)).printed).not.toContain('Prompts');
});
