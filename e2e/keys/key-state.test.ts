import { APIGatewayClient, UpdateApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { localEndpoints } from '@org/admin';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { startSystem } from '../harness.ts';
import { commandLine } from './command-line.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

async function start() {
  const system = await startSystem('counted');
  let now = noon;
  const proxy = await commandLine(new URL(system.gateway.url).origin, configs.counted, () => now);
  return {
    system,
    proxy,
    ask: async (key: string) =>
      (await system.send({ key, body: { model: 'llama', question: 'What is a dystopia?' } })).status,
    /** New functions, which read the table again, as every function does after a minute. */
    afterAMinute: () => system.gateway.killFunctions(),
    setTime(time: string) {
      now = Date.parse(time);
      system.setTime(time);
    },
    states: async (...filter: string[]) =>
      JSON.parse((await proxy('keys', 'list', '--json', ...filter)).stdout).map(
        ({ name, state, endsAt }: Record<string, string>) => [name, state, endsAt],
      ),
  };
}

test('a key made with an end works up to it, hands it on when it is rotated, and gets another one', async () => {
  const { proxy, ask, afterAMinute, setTime, states } = await start();
  const made = await proxy('keys', 'create', 'trial', '--team', 'thrifty', '--expires', '2026-11-24');
  expect(made.stderr).toContain('It ends at 2026-11-25T00:00:00.000Z.');
  const rotated = await proxy('keys', 'rotate', 'trial', '--overlap', '1h');
  expect(await states('--team', 'thrifty')).toContainEqual(['trial', 'ending', '2026-11-25T00:00:00.000Z']);
  setTime('2026-11-24T23:59:59.999Z');
  expect([await ask(made.stdout), await ask(rotated.stdout)]).toEqual([401, 200]);
  setTime('2026-11-25T00:00:00Z');
  expect(await ask(rotated.stdout)).toBe(401);
  expect((await proxy('keys', 'rotate', 'trial')).stderr).toContain('The key trial has expired.');

  expect((await proxy('keys', 'expire', 'trial', '2d')).stderr).toContain(
    'ends at 2026-11-27T00:00:00.000Z. New calls see this within 60 seconds.',
  );
  await afterAMinute();
  expect(await ask(rotated.stdout)).toBe(200);
  await proxy('keys', 'expire', 'trial', 'never');
  expect((await proxy('keys', 'expire', 'trial', 'never')).stderr).toContain('It did before.');
  setTime('2026-11-27T00:00:00Z');
  await afterAMinute();
  expect(await ask(rotated.stdout)).toBe(200);
  expect((await proxy('keys', 'expire', 'trial', '2026-11-01')).stderr).toContain('is in the past.');
});

test('a key of the config gets an end at run time, and its successor the same one', async () => {
  const { system, proxy, ask, setTime } = await start();
  await proxy('keys', 'expire', 'thrifty-key', '2026-11-23T00:00Z');
  const successor = await proxy('keys', 'rotate', 'thrifty-key');
  const value = system.keyValue('thrifty-key');
  expect([await ask(value), await ask(successor.stdout)]).toEqual([200, 200]);
  setTime('2026-11-23T00:00:00Z');
  expect([await ask(value), await ask(successor.stdout)]).toEqual([401, 401]);
});

test('a key of the config that a rotation has ended stays so, whatever is disabled and enabled', async () => {
  const { system, proxy, ask, afterAMinute } = await start();
  const successor = await proxy('keys', 'rotate', 'thrifty-key', '--now', '--yes');
  for (const command of ['enable', 'disable', 'enable']) {
    await proxy('keys', command, 'thrifty-key');
    await afterAMinute();
    expect(await ask(system.keyValue('thrifty-key'))).toBe(401);
  }
  expect(await ask(successor.stdout)).toBe(200);
});

test('a disabled key is refused by the function alone too, is not rotated, and works again with its counts', async () => {
  const { system, proxy, ask, afterAMinute, states } = await start();
  const made = await proxy('keys', 'create', 'app', '--team', 'sharing', '--limit', 'requests/day=2');
  expect(await ask(made.stdout)).toBe(200);
  const disabled = await proxy('keys', 'disable', 'app');
  expect(disabled.stderr).toContain('is disabled. Calls with it fail within 60 seconds.');
  expect(await ask(made.stdout)).toBe(401);
  expect(await states('--team', 'sharing')).toContainEqual(['app', 'disabled', undefined]);
  expect((await proxy('keys', 'rotate', 'app')).stderr).toContain('The key app is disabled.');
  await proxy('keys', 'enable', 'app');
  expect(await ask(made.stdout)).toBe(200);
  expect(await ask(made.stdout)).toBe(429);

  // As if a deployment enabled the key of the config again.
  await proxy('keys', 'disable', 'shared-key');
  const value = system.keyValue('shared-key');
  const endpoints = await localEndpoints(system.gateway.url, 'counted-dev');
  const apiGateway = new APIGatewayClient(endpoints('api_gateway'));
  onTestFinished(() => apiGateway.destroy());
  const apiKey = system.gateway.apiKeys.find(({ name }) => name === 'shared-key')?.id;
  const patchOperations = [{ op: 'replace' as const, path: '/enabled', value: 'true' }];
  await apiGateway.send(new UpdateApiKeyCommand({ apiKey, patchOperations }));
  await afterAMinute();
  expect(await ask(value)).toBe(401);
  await proxy('keys', 'enable', 'shared-key');
  await afterAMinute();
  expect(await ask(value)).toBe(200);
  expect((await proxy('keys', 'enable', 'disabled-key')).code).toBe(1);
  const { stdout } = await proxy('audit', '--team', 'sharing', '--json');
  expect(
    JSON.parse(stdout)
      .map(({ action }: { action: string }) => action)
      .toSorted(),
  ).toEqual([...['keys create', 'keys disable', 'keys disable', 'keys enable', 'keys enable']]);
});

test('a key of the config is disabled and enabled with the key that replaced it', async () => {
  const { system, proxy, ask, afterAMinute } = await start();
  const successor = await proxy('keys', 'rotate', 'thrifty-key');
  const values = [system.keyValue('thrifty-key'), successor.stdout];
  const answers = async () => {
    await afterAMinute();
    return [await ask(values[0] ?? ''), await ask(values[1] ?? '')];
  };
  expect(await answers()).toEqual([200, 200]);
  await proxy('keys', 'disable', 'thrifty-key-2');
  expect(await answers()).toEqual([401, 401]);
  await proxy('keys', 'enable', 'thrifty-key-2');
  expect(await answers()).toEqual([200, 200]);
  await proxy('keys', 'disable', 'thrifty-key');
  expect((await proxy('keys', 'enable', 'thrifty-key-2')).stderr).toContain('was not disabled at run time');
  expect(await answers()).toEqual([401, 200]);
});
