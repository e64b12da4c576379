import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  awsAccess,
  awsEndpoints,
  importTeams,
  listKeys,
  listTeams,
  localEndpoints,
  openDeployment,
  usageReport,
} from '@org/admin';
import { expect, inject, onTestFinished, test } from 'vitest';
import * as z from 'zod/mini';
import { configs } from '../configs.ts';
import { startSystem } from '../harness.ts';

const now = () => Date.parse('2026-11-22T12:00:00Z');

const teams = Array.from({ length: 2000 }, (_, index) => {
  const number = String(index).padStart(4, '0');
  const plan = index % 2 === 0 ? 'few' : 'tokens';
  return { name: `team-${number}`, plan, keys: [{ name: `key-${number}` }] };
});

const NewKey = z.object({ name: z.string(), team: z.string(), value: z.string() });

/** Runs a script of a package in its own process. */
function node(script: string, args: readonly string[], environment: Record<string, string> = {}) {
  const path = join(import.meta.dirname, '../../packages', script);
  return promisify(execFile)(process.execPath, ['--conditions=@org/source', path, ...args], {
    env: { ...process.env, ...environment },
    maxBuffer: 10 * 1024 * 1024,
  });
}

test('2,000 teams with keys do not change the template, and each has its own plan and limits', async () => {
  const { gateway, send } = await startSystem('counted');
  const directory = await mkdtemp(join(tmpdir(), 'proxy-scale-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const configFile = join(directory, 'config.mjs');
  const module = JSON.stringify(join(import.meta.dirname, '../configs.ts'));
  await writeFile(configFile, `import { configs } from ${module};\nexport default configs.counted;\n`);
  const teamsFile = join(directory, 'teams.json');
  await writeFile(teamsFile, JSON.stringify(teams));

  const where = ['--config', configFile, '--local', new URL(gateway.url).origin];
  const created = await node('cli/src/index.ts', [
    'teams',
    'create',
    '--from',
    teamsFile,
    '--json',
    ...where,
  ]);
  expect(created.stderr).toMatch(/Made 2,000 teams and 2,000 keys/);
  const made = created.stdout
    .trim()
    .split('\n')
    .map((line) => NewKey.parse(JSON.parse(line)));
  const values = new Map(made.map(({ name, value }) => [name, value]));
  expect(new Set(values.values()).size).toBe(2000);

  await node('infra/bin/app.ts', ['--config', configFile], { CDK_OUTDIR: directory });
  const template = (folder: string) => readFile(join(folder, 'counted-dev.template.json'), 'utf8');
  expect(await template(directory)).toBe(await template(join(inject('assemblies'), 'counted')));

  const endpoints = await localEndpoints(gateway.url, 'counted-dev');
  const deployment = await openDeployment(configs.counted, endpoints, now);
  onTestFinished(() => deployment.close());
  expect(await listTeams(deployment)).toHaveLength(2002);
  const keys = await listKeys(deployment);
  expect(keys.filter(({ state }) => state === 'active')).toHaveLength(2003);
  expect(JSON.stringify(keys)).not.toContain(values.get('key-0000'));

  const ask = (key: string, maxTokens = 10) =>
    send({
      key: values.get(key) ?? '',
      body: { model: 'llama', question: 'What is a dystopia', maxTokens },
    });
  for (const key of ['key-0000', 'key-0998', 'key-1998']) {
    for (let request = 1; request <= 5; request += 1) expect((await ask(key)).status).toBe(200);
    expect((await ask(key)).error()).toMatchObject({
      code: 'quota_exceeded',
      details: { limit: 'requests', scope: 'team', max: 5, used: 5 },
    });
  }
  for (const key of ['key-0001', 'key-0999', 'key-1999']) {
    for (let request = 1; request <= 6; request += 1) expect((await ask(key)).status).toBe(200);
    expect((await ask(key, 1830)).error()).toMatchObject({
      code: 'quota_exceeded',
      details: { limit: 'tokens', scope: 'team', max: 2000 },
    });
  }
  const { usage } = await usageReport(deployment, {});
  const used = usage.filter(({ used: { month } }) => month && month.requests > 0);
  expect(used.map(({ team, used: { month } }) => [team, month?.requests])).toEqual([
    ['team-0000', 5],
    ['team-0001', 6],
    ['team-0998', 5],
    ['team-0999', 6],
    ['team-1998', 5],
    ['team-1999', 6],
  ]);
}, 180_000);

test('a repeated import makes only the missing teams and keys', async () => {
  const { gateway } = await startSystem('counted');
  const endpoints = await localEndpoints(gateway.url, 'counted-dev');
  const deployment = await openDeployment(configs.counted, endpoints, now);
  onTestFinished(() => deployment.close());
  const made: string[] = [];
  const importFirst = (count: number) =>
    importTeams(deployment, teams.slice(0, count), ({ name }) => made.push(name));
  expect(await importFirst(3)).toEqual({ teams: 3, keys: 3 });
  expect(await importFirst(5)).toEqual({ teams: 2, keys: 2 });
  expect(made.toSorted()).toEqual(['key-0000', 'key-0001', 'key-0002', 'key-0003', 'key-0004']);
});

test.each([
  ['a key that is in the config', { keys: [{ name: 'shared-key' }] }, 'key_is_of_config'],
  ['a key that another team has', { keys: [{ name: 'key-0000' }] }, 'key_exists'],
  ['a team that is in the config', { name: 'sharing' }, 'team_is_of_config'],
  ['a plan that the config does not have', { plan: 'gone' }, 'no_such_plan'],
])('an import with %s makes nothing', async (_, odd, code) => {
  const { gateway } = await startSystem('counted');
  const endpoints = await localEndpoints(gateway.url, 'counted-dev');
  const deployment = await openDeployment(configs.counted, endpoints, now);
  onTestFinished(() => deployment.close());
  await importTeams(deployment, teams.slice(0, 1), () => {});
  const wanted = [...teams.slice(1, 3), { name: 'odd', plan: 'few', keys: [], ...odd }];
  await expect(importTeams(deployment, wanted, () => {})).rejects.toMatchObject({ code });
  expect(await listTeams(deployment)).toHaveLength(3);
});

test('a deployment on AWS differs from a local one in its endpoints, its credentials, and the proxy on the way', async () => {
  const { gateway } = await startSystem('counted');
  const local = (await localEndpoints(gateway.url, 'counted-dev'))('api_gateway');
  const { requestHandler, ...onAws } = awsEndpoints('us-east-1', awsAccess({}))('api_gateway');
  expect(requestHandler).toBeDefined();
  expect(local).toEqual({
    ...onAws,
    endpoint: `${new URL(gateway.url).origin}/.local/api_gateway`,
    credentials: expect.objectContaining({ accessKeyId: 'AKIALOCALGATEWAY0000' }),
  });
});
