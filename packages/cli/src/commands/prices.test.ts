import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AwsAnswers, nothingListed, priceListPage, startAws } from '@org/admin/testing';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { runRecorded } from '../testing/recording-terminal.ts';

const root = mkdtempSync(join(tmpdir(), 'prices-'));
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const base = {
  ...{ name: 'proxy', stage: 'test', region: 'us-east-1', models: ['nova-lite', 'nova-pro'] },
  plans: {
    trial: {
      throttle: { rate: 1, burst: 2 },
      quota: { limit: 100, period: 'DAY' },
      models: ['nova-lite', 'nova-pro'],
    },
  },
  teams: { acme: { plan: 'trial', keys: ['acme-app'] } },
};

let configs = 0;

/** A config in its own folder, and the file beside it. */
function configured({
  differing = {},
  header = '',
  prices,
  beside,
}: {
  differing?: object;
  header?: string;
  prices?: string;
  beside?: string;
} = {}) {
  configs += 1;
  const folder = join(root, String(configs));
  mkdirSync(folder);
  const file = join(folder, 'my.config.mjs');
  const fields = JSON.stringify({ ...base, ...differing }).slice(1, -1);
  writeFileSync(file, `${header}\nexport default { ${fields}${prices ? `, prices: ${prices}` : ''} };\n`);
  const listed = join(folder, 'my.prices.json');
  if (beside !== undefined) writeFileSync(listed, beside);
  return { file, listed };
}

async function prices(config: string, answers: AwsAnswers, ...options: string[]) {
  const { endpoint = '' } = await startAws(answers);
  vi.stubEnv('AWS_ENDPOINT_URL_PRICING', endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOPERATOR00000000');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'operator-not-a-secret');
  return runRecorded(['prices', '--config', config, ...options]);
}

const lite = (kind: string, usd: string) => ({
  usagetype: `USE1-NovaLite-${kind}`,
  model: 'Nova Lite',
  usd,
});
const list = (...products: ReturnType<typeof lite>[]): AwsAnswers => ({
  ...nothingListed,
  'GetProducts AmazonBedrock': priceListPage(products),
});
const same = list(lite('input-tokens', '0.00006'), lite('output-tokens', '0.00024'));
const dearer = list(lite('input-tokens', '0.00007'), lite('cache-write-input-token-count', '0'));

const takesFile = {
  header: "import listed from './my.prices.json' with { type: 'json' };",
  prices: 'listed.prices',
};

test('if nothing differs the command says so, names the models that it could not compare, and succeeds', async () => {
  const { code, printed, noted } = await prices(configured().file, same);
  expect(printed).toBe("AWS's Price List has the same for one model in us-east-1.");
  expect(noted).toMatch(/^nova-pro: not compared; the list has no "Nova Pro"/);
  expect(code).toBe(0);
});

test('if the list has no model of the config, that is not reported as no difference', async () => {
  const { code, noted } = await prices(configured().file, nothingListed);
  expect(noted).toMatch(/error: Nothing was compared: .* in us-east-1\.\nCompare by hand: https:/);
  expect(code).toBe(1);
});

test('differences are a table, nothing is written, and the command ends with 1', async () => {
  const { file, listed } = configured();
  const { code, printed, noted } = await prices(file, dearer);
  expect(printed).toMatch(/^ALIAS +RATE +YOURS +FROM +AWS$/m);
  expect(printed).toMatch(/^nova-lite +input +0\.06 +catalogue +0\.07$/m);
  expect(printed).toMatch(/^nova-lite +cacheWrite +- +catalogue +0$/m);
  expect(noted).toMatch(/2 rates differ.*\n.*: \.\/proxy prices --write --config /);
  expect(code).toBe(1);
  expect(existsSync(listed)).toBe(false);
});

test('JSON has the fields that a program needs', async () => {
  const { printed } = await prices(configured().file, dearer, '--json');
  expect(JSON.parse(printed)).toEqual({
    ...{ region: 'us-east-1', compared: 1 },
    differences: [
      { alias: 'nova-lite', rate: 'input', own: 0.06, listed: 0.07 },
      { alias: 'nova-lite', rate: 'cacheWrite', listed: 0 },
    ],
    unlisted: [{ alias: 'nova-pro', reason: 'no_rows', names: ['Nova Pro'] }],
  });
});

test('--write writes a file beside the config, which once imported leaves no difference', async () => {
  const { file, listed } = configured();
  const before = readFileSync(file, 'utf8');
  const { code, noted } = await prices(file, dearer, '--write');
  expect(code).toBe(0);
  expect(noted).toContain(`Wrote ${listed}: nova-lite.`);
  expect(noted).toContain("import listed from './my.prices.json' with { type: 'json' };");
  expect(readFileSync(file, 'utf8')).toBe(before);
  const beside = readFileSync(listed, 'utf8');
  expect(JSON.parse(beside)).toEqual({
    ...{ source: 'AWS Price List', region: 'us-east-1', date: '2026-11-22' },
    prices: { 'nova-lite': { input: 0.07, output: 0.24, cacheRead: 0.015, cacheWrite: 0 } },
  });

  const taking = configured({ ...takesFile, beside });
  const again = await prices(taking.file, dearer);
  expect(again.printed).toMatch(/has the same for one model/);
  const changed = await prices(taking.file, list(lite('input-tokens', '0.00008')), '--write');
  expect(changed.noted).not.toContain('import listed');
  expect(JSON.parse(readFileSync(taking.listed, 'utf8')).prices['nova-lite']).toMatchObject({ input: 0.08 });
});

test('prices of another Region do not stay in the file', async () => {
  const pro = { 'nova-pro': { input: 1, output: 2 } };
  const beside = JSON.stringify({ source: 'x', region: 'eu-west-2', date: '2026-01-01', prices: pro });
  const { file, listed } = configured({ beside });
  const { noted } = await prices(file, dearer, '--write');
  expect(noted).toContain('eu-west-2');
  expect(JSON.parse(readFileSync(listed, 'utf8'))).toMatchObject({ region: 'us-east-1' });
  expect(Object.keys(JSON.parse(readFileSync(listed, 'utf8')).prices)).toEqual(['nova-lite']);
});

test('a price that somebody wrote into the config stays theirs', async () => {
  const own = { differing: { prices: { 'nova-lite': { input: 1, output: 2 } } } };
  const { file, listed } = configured(own);
  const { code, printed, noted } = await prices(file, dearer, '--write');
  expect(printed).toMatch(/^nova-lite +input +1 +config +0\.07$/m);
  expect(noted).toMatch(
    /The config itself sets prices\.nova-lite, so that was not changed\.\n.*"input":0\.07/,
  );
  expect(code).toBe(1);
  expect(existsSync(listed)).toBe(false);
});

test.each(['not JSON', '{ "nova-lite": { "input": 1 } }'])(
  'a file of somebody else, %j, stays',
  async (beside) => {
    const { file, listed } = configured({ beside });
    const { code, noted } = await prices(file, dearer, '--write');
    expect(noted).toMatch(/is not a file that this command wrote\.\nMove/);
    expect(code).toBe(1);
    expect(readFileSync(listed, 'utf8')).toBe(beside);
  },
);

test('an error about a missing permission says where to find it', async () => {
  const { code, noted, printed } = await prices(configured().file, {});
  expect(noted).toMatch(
    /^error: AccessDeniedException: .*GetProducts.*\ndocs\/keys\.md lists the permissions/,
  );
  expect({ code, printed }).toEqual({ code: 1, printed: '' });
});

test('an unreachable Price List is reported like any unreachable service', async () => {
  const { file } = configured();
  vi.stubEnv('AWS_ENDPOINT_URL_PRICING', 'http://127.0.0.1:1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOPERATOR00000000');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'operator-not-a-secret');
  const { code, noted } = await runRecorded(['prices', '--config', file]);
  expect(noted).toMatch(/ECONNREFUSED.*\nNothing listens/);
  expect(code).toBe(1);
});
