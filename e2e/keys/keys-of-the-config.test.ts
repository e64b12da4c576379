import { parseProxyConfig } from '@org/infra/config';
import { expect, test } from 'vitest';
import { configs } from '../configs.ts';
import { startSystem } from '../harness.ts';
import { startBreakingGateway } from './breaking-gateway.ts';
import { commandLine } from './command-line.ts';
import { watchKeys } from './working-keys.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
const config = configs.counted;
const { sharing } = config.teams;

/** The config before the key of `thrifty` got its name. */
const earlier = parseProxyConfig({
  ...config,
  teams: { sharing, thrifty: { plan: 'tokens', keys: ['another-key'] } },
});

async function start() {
  const system = await startSystem('counted');
  const gateway = await startBreakingGateway(system);
  const proxy = await commandLine(gateway.origin, config, () => noon);
  const watch = await watchKeys(system);
  return {
    ...system,
    breakAt: gateway.breakAt,
    proxy,
    proxyEarlier: await commandLine(gateway.origin, earlier, () => noon),
    /** The keys of team `thrifty` that work. */
    working: async (at = noon) =>
      (await (await watch(config))(at))
        .filter(({ team }) => team === 'thrifty')
        .map(({ name, value }) => [name, value]),
  };
}

test('a rotation with --now that may not end the old key makes no new one, and finishes when it is run again', async () => {
  const { breakAt, keyValue, proxy, working } = await start();
  breakAt({ kind: 'refused', write: /^PATCH/ });
  const failed = await proxy('keys', 'rotate', 'thrifty-key', '--now', '--yes');
  expect(failed).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Not allowed') });
  expect(await working()).toEqual([['thrifty-key', keyValue('thrifty-key')]]);
  breakAt(undefined);
  const { stdout, stderr } = await proxy('keys', 'rotate', 'thrifty-key', '--now', '--yes');
  expect(stderr).toMatch(/The old key thrifty-key is disabled/);
  expect(await working()).toEqual([['thrifty-key-2', stdout]]);
});

test('with --now, a key of the config that was rotated before ends, and so does the key that replaced it', async () => {
  const { proxy, working } = await start();
  await proxy('keys', 'rotate', 'thrifty-key');
  expect(await working()).toHaveLength(2);
  const { code, stdout, stderr } = await proxy('keys', 'rotate', 'thrifty-key', '--now', '--yes');
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/thrifty-key is disabled/),
  });
  expect(await working()).toEqual([['thrifty-key-2', stdout]]);
});

test('with --now, the key of the config that a key replaced ends too', async () => {
  const { proxy, working } = await start();
  await proxy('keys', 'rotate', 'thrifty-key');
  const { stdout, stderr } = await proxy('keys', 'rotate', 'thrifty-key-2', '--now', '--yes');
  expect(stderr).toMatch(
    /The old key thrifty-key-2 has ended.*The old key thrifty-key is disabled.*enabled: false/s,
  );
  expect(await working()).toEqual([['thrifty-key-2', stdout]]);
});

test('without --now, the command says that the replaced key of the config still works, as long as it does', async () => {
  const { proxy, working } = await start();
  await proxy('keys', 'rotate', 'thrifty-key');
  const rotated = await proxy('keys', 'rotate', 'thrifty-key-2');
  expect(rotated.stderr).toMatch(/thrifty-key-2 works until.*thrifty-key is in the config, and works until/s);
  expect(await working()).toHaveLength(3);
  await proxy('keys', 'revoke', 'thrifty-key', '--yes');
  expect((await proxy('keys', 'rotate', 'thrifty-key-2')).stderr).toMatch(
    /The old key thrifty-key is disabled/,
  );
});

test("another key's name is not used for the new key", async () => {
  const { keyValue, proxy, working } = await start();
  await proxy('keys', 'create', 'thrifty-key-2', '--team', 'sharing');
  for (const now of [[], ['--now', '--yes']]) {
    const refused = await proxy('keys', 'rotate', 'thrifty-key', ...now);
    expect(refused).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/thrifty-key-2.*--as/s),
    });
  }
  const misspelt = await proxy('keys', 'rotate', 'thrifty-key', '--now', '--yes', '--as', 'a b');
  expect(misspelt).toMatchObject({ code: 1, stderr: expect.stringContaining('"a b" cannot be used') });
  expect(await working()).toEqual([['thrifty-key', keyValue('thrifty-key')]]);
});

test('a name that stands for a key of the config and one made at run time is revoked as both', async () => {
  const { proxy, proxyEarlier, working } = await start();
  await proxyEarlier('keys', 'create', 'thrifty-key', '--team', 'thrifty');
  expect(await working()).toHaveLength(2);
  const { stderr } = await proxy('keys', 'revoke', 'thrifty-key', '--yes');
  expect(stderr).toMatch(
    /Revoked thrifty-key \(\w+\).*thrifty-key of the config is disabled.*enabled: false/s,
  );
  expect(await working()).toEqual([]);
});

test('such a name is rotated as both: with --now both end; without, the command says that the config key still works', async () => {
  const { proxy, proxyEarlier, working } = await start();
  await proxyEarlier('keys', 'create', 'thrifty-key', '--team', 'thrifty');
  const { stderr } = await proxy('keys', 'rotate', 'thrifty-key');
  expect(stderr).toMatch(/thrifty-key works until 2026.*thrifty-key is in the config, and works until/s);
  expect(await working()).toHaveLength(3);
  const now = await proxy('keys', 'rotate', 'thrifty-key', '--now', '--yes');
  expect(await working()).toEqual([['thrifty-key', now.stdout]]);
});

test('an ended key gets no later end from a rotation that finishes an earlier one', async () => {
  const { breakAt, keyValue, proxy, working } = await start();
  const old = (await proxy('keys', 'create', 'app', '--team', 'thrifty')).stdout;
  breakAt({ kind: 'refused', write: /^PATCH/ });
  expect(await proxy('keys', 'rotate', 'app', '--now', '--yes')).toMatchObject({ code: 1, stdout: '' });
  breakAt(undefined);
  const { stdout, stderr } = await proxy('keys', 'rotate', 'app');
  expect(stderr).toMatch(/The old key app had ended already/);
  const values = (await working(noon + 1000)).map(([, value]) => value);
  expect(values).toEqual([keyValue('thrifty-key'), stdout]);
  expect(values).not.toContain(old);
});
