import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { startSystem } from '../harness.ts';
import { commandLine } from './command-line.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

async function start() {
  const system = await startSystem('counted');
  const proxy = await commandLine(new URL(system.url).origin, configs.counted, () => noon);
  const directory = await mkdtemp(join(tmpdir(), 'proxy-teams-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const create = async (csv: string, ...args: string[]) => {
    const file = join(directory, 'teams.csv');
    await writeFile(file, csv);
    return proxy('teams', 'create', '--from', file, ...args);
  };
  return { ...system, proxy, create };
}

test('a spreadsheet of teams is previewed, and then made, with keys that work within their limits', async () => {
  const { create, send } = await start();
  const csv =
    'team,plan,key,owner,requests/day\nacme,few,acme-app,ann@example.com,1\nacme,,acme-job,,\ninitech,tokens,,,\n';
  const preview = await create(csv, '--dry-run');
  expect(preview.code).toBe(0);
  expect(preview.stdout.split('\n').slice(1)).toEqual([
    expect.stringMatching(/^acme +few +new$/),
    expect.stringMatching(/^acme +few +acme-app +1 request\/day +new$/),
    expect.stringMatching(/^acme +few +acme-job +new$/),
    expect.stringMatching(/^initech +tokens +new$/),
  ]);
  expect(preview.stderr).toMatch(/It would make 2 teams and 2 keys in .* Nothing was made\./);
  const made = await create(csv);
  expect(made.stderr).toContain('Made 2 teams and 2 keys');
  const values = new Map(made.stdout.split('\n').map((line) => [line.split('\t')[1], line.split('\t')[2]]));
  const ask = () => send({ key: values.get('acme-app'), body: { model: 'llama', question: 'Hi' } });
  expect((await ask()).status).toBe(200);
  expect((await ask()).error()).toMatchObject({ details: { scope: 'key', max: 1 } });
  const again = await create(csv, '--dry-run', '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({
    teams: [{ state: 'exists', keys: [{ state: 'exists' }, { state: 'exists' }] }, { state: 'exists' }],
    problems: [],
  });
  expect((await create(csv)).stderr).toContain('Made 0 teams and 0 keys');
});

test('all that stands in the way of an import is said at once, and nothing is made', async () => {
  const { create, proxy } = await start();
  await proxy('teams', 'create', 'acme', '--plan', 'few');
  await proxy('keys', 'create', 'taken', '--team', 'acme');
  const csv =
    'team,plan,key\nacme,tokens,a\nsharing,few,b\ninitech,none,c\nother,few,taken\nother,few,shared-key\n';
  const preview = await create(csv, '--dry-run');
  expect(preview.code).toBe(1);
  for (const message of [
    'The team acme already exists, on the plan few.',
    'The team sharing is in the config.',
    'There is no plan "none".',
    'There is a key "taken" already, of the team acme.',
    'The key shared-key is in the config already.',
  ]) {
    expect(preview.stdout).toContain(message);
  }
  expect(preview.stderr).toContain('5 problems of the file stop it');
  expect((await create(csv)).code).toBe(1);
  const { stdout } = await proxy('teams', 'list', '--json');
  expect(JSON.parse(stdout).map(({ name }: { name: string }) => name)).toEqual([
    'sharing',
    'thrifty',
    'acme',
  ]);
  const unread = await create('team,paln\nacme,few\n');
  expect(unread.stderr).toContain('line 1, paln: is not a column of the list (did you mean "plan"?)');
  const alone = await proxy('teams', 'create', 'acme', '--plan', 'few', '--dry-run');
  expect(alone.stderr).toContain('--dry-run needs --from');
});
