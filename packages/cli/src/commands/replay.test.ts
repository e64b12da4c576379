import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runRecorded } from '../testing/recording-terminal.ts';

const directory = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(directory, { recursive: true }));

const config = {
  name: 'proxy',
  stage: 'test',
  region: 'us-east-1',
  models: ['nova-lite'],
  plans: {
    trial: {
      throttle: { rate: 1, burst: 2 },
      quota: { limit: 1000, period: 'DAY' },
      models: ['nova-lite'],
      limits: { requests: { day: 1 }, usd: { month: 1 } },
    },
  },
  teams: { acme: { plan: 'trial', keys: ['acme-app'] } },
};
const plan = join(directory, 'new.config.mjs');
writeFileSync(plan, `export default ${JSON.stringify(config)}`);

const line = (time: string, usd: number) =>
  JSON.stringify({
    timestamp: `2026-10-05T${time}.000Z`,
    message: 'request',
    totalMs: 500,
    ...{ keyId: 'abc', team: 'acme', plan: 'trial', model: 'nova-lite' },
    held: { requests: 1, tokens: 100, usd: 2 * usd },
    charged: { requests: 1, tokens: 60, usd },
  });
const log = join(directory, 'requests.jsonl');
writeFileSync(log, `Serving.\n${line('10:00:01', 200_000)}\n${line('11:00:01', 300_000)}\n`);

const replay = (...args: string[]) => runRecorded(['replay', '--plan', plan, ...args]);

test('a month of the log is replayed under a new plan, with refusals and savings by team', async () => {
  const { code, printed, noted } = await replay('--month', '2026-10', '--log', log);
  expect({ code, noted }).toEqual({ code: 0, noted: '' });
  expect(printed).toMatch(
    /^acme +trial +2 +1 +2026-10-05 11:00 +team requests\/day: 1 +\$0\.50 +\$0\.20 +\$0\.30$/m,
  );
  expect(printed).toMatch(
    /1 of 2 calls would have been refused, of 1 of 1 teams, and \$0\.30 of \$0\.50 not spent\.$/,
  );
  const json = JSON.parse((await replay('--month', '2026-10', '--log', log, '--json')).printed);
  expect(json).toMatchObject({ month: '2026-10', calls: 2, refused: 1, spentUsd: 0.5, admittedUsd: 0.2 });
});

test.each([
  ['a month without calls', ['--log', log], /no calls of 2026-11\..*--log/s],
  ['a month that is none', ['--month', 'october', '--log', log], /"october" is not a month/],
  ['a file that is not there', ['--log', join(directory, 'none')], /none cannot be read/],
])('%s is an error that says what to do', async (_, args, message) => {
  const { code, noted } = await replay(...args);
  expect(code).toBe(1);
  expect(noted).toMatch(message);
});
