import { localEndpoints, openDeployment } from '@org/admin';
import { accessKey, keyNameKey, teamKey, teamListKey } from '@org/table';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { startSystem } from '../harness.ts';
import { commandLine } from './command-line.ts';

const now = () => Date.parse('2026-11-22T12:00:00Z');

/** Sets the clipboard of many terminals. */
const clipboard = '\u001b]52;c;cm0gLXJmIC8=\u0007';

test('foreign items in the table neither hide the rest nor reach the terminal', async () => {
  const system = await startSystem('counted');
  const { origin } = new URL(system.url);
  const proxy = await commandLine(origin, configs.counted, now);
  const deployment = await openDeployment(configs.counted, await localEndpoints(origin, 'counted-dev'), now);
  onTestFinished(() => deployment.close());
  const { table } = deployment;
  await proxy('teams', 'create', 'acme', '--plan', 'few');
  await proxy('keys', 'create', 'app', '--team', 'acme');

  await table.put(teamListKey(`b${clipboard}`), {});
  await table.put(teamKey(`b${clipboard}`), { plan: `few${clipboard}` });
  await table.put(keyNameKey('odd'), { team: 'acme', keyId: 'oddid' });
  await table.put(accessKey('oddid'), { team: 'acme', plan: 'few', limits: 'not json' });
  for (const name of ['odd-1', `odd-2${clipboard}`]) {
    await table.put(keyNameKey(name), { team: `acme${clipboard}`, run: clipboard });
  }

  const said = await Promise.all([
    proxy('keys', 'list'),
    proxy('keys', 'list', '--json'),
    proxy('teams', 'list'),
    proxy('teams', 'show', `b${clipboard}`),
    proxy('usage', '--all'),
    proxy('keys', 'create', `odd-2${clipboard}`, '--team', 'acme'),
    proxy('teams', 'show', clipboard),
  ]);
  const [keys, , teams, , usage] = said.map(({ stdout }) => stdout);
  expect(keys).toMatch(/^app +acme +few +active/m);
  expect(keys).toMatch(/^odd +acme +- +incomplete/m);
  expect(keys).toMatch(/^odd-1 +acme\\u001b\]52;c;.*\\u0007 +- +incomplete/m);
  expect(teams).toMatch(/^b\\u001b/m);
  expect(usage).toMatch(/^acme +few/m);
  expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 1, 1]);
  for (const { stdout, stderr } of said) expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n]/u);

  expect((await proxy('keys', 'revoke', 'odd', '--yes')).code).toBe(0);
  expect((await proxy('keys', 'list')).stdout).not.toMatch(/^odd +/m);
});
