import { adoptTeams, localEndpoints, openDeployment } from '@org/admin';
import { type ProxyConfig, parseProxyConfig, stackNameOf } from '@org/infra/config';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { startSystem } from '../harness.ts';
import { type CommandLine, commandLine } from './command-line.ts';
import { watchKeys } from './working-keys.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

const { sharing, thrifty } = configs.counted.teams;
const acme = { keys: ['acme-key'] };
const withTeams = (teams: object): ProxyConfig => parseProxyConfig({ ...configs.counted, teams });
const before = configs.counted;
const withAcme = withTeams({ sharing, thrifty, acme: { ...acme, plan: 'few' } });
const withoutSharing = withTeams({ thrifty });

/** A deployment whose config changes between commands. */
async function start() {
  const system = await startSystem('counted');
  const { origin } = new URL(system.url);
  const watch = await watchKeys(system);
  const made = ({ name }: { readonly name: string }) => !/^(?:shared|other|thrifty)-key$/.test(name);
  const proxies = new Map<ProxyConfig, CommandLine>();
  const proxy = async (config: ProxyConfig, ...args: string[]) => {
    const known = proxies.get(config) ?? (await commandLine(origin, config, () => noon));
    proxies.set(config, known);
    return known(...args);
  };
  return {
    ...system,
    proxy,
    done: async (config: ProxyConfig, ...args: string[]) => {
      const { code, stdout, stderr } = await proxy(config, ...args);
      expect(code, stderr).toBe(0);
      return stdout;
    },
    /** The last step of deploy. */
    async adopt(config: ProxyConfig) {
      const endpoints = await localEndpoints(origin, stackNameOf(config));
      const deployment = await openDeployment(config, endpoints, () => noon);
      onTestFinished(() => deployment.close());
      await adoptTeams(deployment);
    },
    /** Keys made at run time that work under a config. */
    working: async (config: ProxyConfig) => (await (await watch(config))(noon)).filter(made),
  };
}

test('a key made at run time for a team of the config ends with its entry there, and works again once it is back', async () => {
  const { done, working } = await start();
  await done(before, 'keys', 'create', 'app', '--team', 'sharing');
  expect(await working(before)).toMatchObject([{ name: 'app', team: 'sharing', plan: 'few' }]);
  expect(await working(withoutSharing)).toEqual([]);
  expect(await working(before)).toHaveLength(1);
});

test('neither a rotation nor a move gives such a key its own plan', async () => {
  const { done, working } = await start();
  await done(before, 'keys', 'create', 'app', '--team', 'sharing');
  await done(before, 'keys', 'rotate', 'app');
  await done(before, 'keys', 'rotate', 'shared-key');
  await done(before, 'teams', 'move', 'sharing', 'few');
  expect(await working(before)).toHaveLength(3);
  expect(await working(withoutSharing)).toEqual([]);
});

test('a team that the config took over on a smaller plan does not get its larger one back by leaving', async () => {
  const { adopt, done, working } = await start();
  await done(before, 'teams', 'create', 'acme', '--plan', 'tokens');
  await done(before, 'keys', 'create', 'app', '--team', 'acme');
  expect(await working(before)).toMatchObject([{ name: 'app', plan: 'tokens', usagePlan: 'tokens' }]);
  await adopt(withAcme);
  expect(await working(withAcme)).toMatchObject([{ name: 'app', plan: 'few', usagePlan: 'few' }]);
  // It may be run again, and changes nothing then.
  await adopt(withAcme);
  expect(await working(before)).toEqual([]);
  expect(await done(before, 'teams', 'list')).toMatch(/^acme +removed/m);
});

test('the keys and usage of a team that left the config are listed and can be removed, and its name does not revive them', async () => {
  const { done, gateway, proxy, send, working } = await start();
  const value = await done(before, 'keys', 'create', 'app', '--team', 'sharing');
  await send({ key: value, body: { model: 'llama', question: 'What is a dystopia', maxTokens: 10 } });
  await gateway.killFunctions();
  const later = withoutSharing;
  expect(await done(later, 'teams', 'list')).toMatch(
    /^sharing +removed: delete what is left of it +run-time/m,
  );
  expect(await done(later, 'teams', 'show', 'sharing')).toMatch(
    /^sharing: removed.*^app +sharing +- +orphaned/ms,
  );
  expect(await done(later, 'keys', 'list', '--team', 'sharing')).toMatch(/^app +sharing +- +orphaned/m);
  for (const usage of [['usage'], ['usage', '--team', 'sharing']]) {
    expect(await done(later, ...usage)).toMatch(/^sharing +- +requests\/month +1/m);
  }
  for (const command of [
    ['teams', 'create', 'sharing', '--plan', 'tokens'],
    ['teams', 'move', 'sharing', 'tokens'],
    ['keys', 'create', 'more', '--team', 'sharing'],
    ['keys', 'rotate', 'app', '--now', '--yes'],
  ]) {
    expect(await proxy(later, ...command)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/The team sharing was removed.*teams delete sharing/s),
    });
  }
  expect(await working(before)).toHaveLength(1);
  await done(later, 'teams', 'delete', 'sharing', '--yes');
  expect(await working(before)).toEqual([]);
  expect(await done(later, 'keys', 'list')).not.toMatch(/^app/m);
  expect(await done(later, 'teams', 'list')).not.toMatch(/sharing/);
  await done(later, 'teams', 'create', 'sharing', '--plan', 'tokens');
  expect(await working(later)).toEqual([]);
});

test("a team's usage comes back with its name, and the command that deletes the team says so", async () => {
  const { done, proxy, send } = await start();
  await done(before, 'teams', 'create', 'acme', '--plan', 'few');
  const value = await done(before, 'keys', 'create', 'app', '--team', 'acme');
  await send({ key: value, body: { model: 'llama', question: 'What is a dystopia', maxTokens: 10 } });
  const { stderr } = await proxy(before, 'teams', 'delete', 'acme', '--yes');
  expect(stderr).toMatch(/The team acme .*is deleted\..*Its usage stays counted/s);
  await done(before, 'teams', 'create', 'acme', '--plan', 'few');
  expect(await done(before, 'usage', '--team', 'acme')).toMatch(/^acme +few +requests\/day .* 1 +5 /m);
});
