import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { APIGatewayClient, GetApiKeysCommand } from '@aws-sdk/client-api-gateway';
import { localCredentials } from '@org/admin/local-gateway';
import { run } from '@org/cli/program';
import { recordingTerminal } from '@org/cli/testing';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod/mini';
import type { ConfigName } from '../configs.ts';
import { startSystem } from '../harness.ts';

const script = join(import.meta.dirname, '../../packages/cli/src/index.ts');

interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A deployment on this machine, and the command line that manages it. */
async function start(config: ConfigName = 'counted') {
  const system = await startSystem(config);
  // The gateway's start time.
  let time = Date.parse('2026-11-22T12:00:00Z');
  const directory = await mkdtemp(join(tmpdir(), 'proxy-keys-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const configFile = join(directory, 'config.mjs');
  const configs = pathToFileURL(join(import.meta.dirname, '../configs.ts')).href;
  await writeFile(
    configFile,
    `import { configs } from '${configs}';\nexport default configs['${config}'];\n`,
  );
  const { origin } = new URL(system.url);
  const outputs: Output[] = [];
  const noted = (output: Output): Output => {
    outputs.push(output);
    return output;
  };

  /** Runs a command in its own process, by the machine's clock. */
  const spawned = async (...args: string[]): Promise<Output> => {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const child = spawn(process.execPath, ['--conditions=@org/source', script, ...args, '--local', origin], {
      env: { PATH, NODE_COMPILE_CACHE, PROXY_CONFIG_FILE: configFile },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => void child.once('close', resolve)),
    ]);
    return noted({ code, stdout, stderr });
  };
  /** Runs a command in this process, by the gateway's clock. */
  const proxy = async (...args: string[]): Promise<Output> => {
    const terminal = recordingTerminal();
    const where = ['--local', origin, '--config', configFile];
    const code = await run([...args, ...where], terminal, () => time);
    return noted({ code, stdout: terminal.printed.join('\n'), stderr: terminal.noted.join('\n') });
  };
  const done = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await proxy(...args);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  return {
    ...system,
    origin,
    spawned,
    proxy,
    done,
    /** Everything that the commands said so far. */
    said: () => outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]).join('\n'),
    newKey: (...args: string[]) => done('keys', 'create', ...args),
    setTime(moment: string) {
      time = Date.parse(moment);
      system.setTime(moment);
    },
    /** Asks llama something with a key, given by its value. */
    use: (key: string, fields: object = {}) =>
      system.send({
        key,
        body: { model: 'llama', question: 'What is a dystopia', maxTokens: 10, ...fields },
      }),
    /** Restarts the functions, so that nothing is cached, as after a minute. */
    forget: () => system.gateway.killFunctions(),
  };
}

const Rotation = z.object({
  value: z.string(),
  replaced: z.tuple([z.object({ endsAt: z.string() })]),
});
/** Limits, without how long they last. */
const UsedLimits = z.object({
  limits: z.array(
    z.pipe(
      z.looseObject({ lastsUntil: z.optional(z.string()) }),
      z.transform(({ lastsUntil: _, ...limit }) => limit),
    ),
  ),
});
const Keys = z.array(z.looseObject({ name: z.string(), state: z.string() }));

test('the life of a key: made, used, seen, rotated with an overlap, revoked; its value is shown once', async () => {
  const system = await start();
  const { spawned, use, forget, setTime } = system;
  const done = async (...args: string[]) => {
    const { code, stdout, stderr } = await spawned(...args);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  await done('teams', 'create', 'acme', '--plan', 'few');
  const first = (await done('keys', 'create', 'app', '--team', 'acme')).trim();
  expect(first).toMatch(/^\w{40}$/);

  setTime(new Date().toISOString());
  expect((await use(first)).status).toBe(200);
  const usage = JSON.parse(await done('usage', '--team', 'acme', '--json'));
  expect(usage.usage[0].limits).toMatchObject([
    { limit: 'requests', period: 'day', max: 5, used: 1, remaining: 4 },
  ]);
  // Callers get the same.
  const own = await system.send({ key: first, method: 'GET', path: '/usage' });
  // How long they last by the present pace depends on the moment of each.
  const { limits } = UsedLimits.parse(own.json());
  expect(limits).toEqual(UsedLimits.parse(usage.usage[0]).limits);

  const rotated = Rotation.parse(
    JSON.parse(await done('keys', 'rotate', 'app', '--overlap', '2h', '--json')),
  );
  const { value: second } = rotated;
  const end = Date.parse(rotated.replaced[0].endsAt);
  expect(Math.abs(end - Date.now() - 2 * 3_600_000)).toBeLessThan(60_000);
  await forget();
  setTime(new Date(end - 1).toISOString());
  expect([(await use(first)).status, (await use(second)).status]).toEqual([200, 200]);
  setTime(new Date(end).toISOString());
  const refused = await use(first);
  expect([refused.status, refused.error().code]).toEqual([401, 'unauthenticated']);
  expect((await use(second)).status).toBe(200);

  const listed = await done('keys', 'list', '--json');
  expect(Keys.parse(JSON.parse(listed)).filter(({ name }) => name === 'app')).toMatchObject([
    { state: 'active', replaced: false },
    { state: 'ending', replaced: true, endsAt: rotated.replaced[0].endsAt },
  ]);

  const revoked = await spawned('keys', 'revoke', 'app', '--yes');
  expect(revoked.stderr).toMatch(/fail within 60 seconds/);
  for (const value of [first, second]) expect((await use(value)).error().code).toBe('unauthenticated');
  expect(await system.done('keys', 'list')).not.toMatch(/^app/m);
  expect(await system.done('teams', 'show', 'acme')).toMatch(/No keys\.[\s\S]*acme +few/);

  for (const value of [first, second]) {
    expect(system.said().split(value)).toHaveLength(2);
    expect(system.logs.join('\n')).not.toContain(value);
  }
});

test('a key made at run time may call as fast as its plan says, however slow the keys of the config are', async () => {
  const { done, newKey, use, ask } = await start('growing');
  await done('teams', 'create', 'acme', '--plan', 'big');
  const key = await newKey('app', '--team', 'acme');
  const statuses = await Promise.all(Array.from({ length: 12 }, async () => (await use(key)).status));
  expect(statuses).toEqual(Array.from({ length: 12 }, () => 200));
  expect((await ask('first-key')).status).toBe(200);
  expect((await ask('first-key')).error()).toMatchObject({
    code: 'rate_limited',
    message: expect.stringContaining('this API key or from all keys together'),
  });
});

test('a leaked key is refused at once, and the overlap of a rotation can be ended early', async () => {
  const { done, newKey, proxy, use } = await start();
  await done('teams', 'create', 'acme', '--plan', 'few');
  const leaked = await newKey('app', '--team', 'acme');
  expect((await use(leaked)).status).toBe(200);
  const unasked = await proxy('keys', 'rotate', 'app', '--now');
  expect(unasked.code).toBe(1);
  expect(unasked.stderr).toMatch(
    /Replace app in \S+ \(local gateway http:\S+\), and end the old key at once\?/,
  );
  const second = await done('keys', 'rotate', 'app', '--now', '--yes');
  expect((await use(leaked)).status).toBe(401);
  expect((await use(second)).status).toBe(200);

  const third = (await done('keys', 'rotate', 'app')).trim();
  expect((await use(second)).status).toBe(200);
  const ended = await proxy('keys', 'revoke', 'app', '--replaced', '--yes');
  expect(ended.stderr).toMatch(
    /^Revoked the keys that app replaced \(\w+\) in \S+ \(local gateway http:\S+\)\. .*60 seconds.* The key app itself still works\./,
  );
  expect((await use(second)).status).toBe(401);
  expect((await use(third)).status).toBe(200);

  const fourth = await done('keys', 'rotate', 'app');
  const fifth = await done('keys', 'rotate', 'app', '--now', '--yes');
  for (const old of [third, fourth]) expect((await use(old)).status).toBe(401);
  expect((await use(fifth)).status).toBe(200);
});

test("a key's own limits hold, and keep their counts when it is rotated", async () => {
  const { done, newKey, proxy, use } = await start();
  await done('teams', 'create', 'acme', '--plan', 'few');
  const first = await newKey('app', '--team', 'acme', '--limit', 'requests/day=2');
  expect((await use(first)).status).toBe(200);
  const second = (await done('keys', 'rotate', 'app')).trim();
  expect((await use(second)).status).toBe(200);
  for (const key of [first, second]) {
    expect((await use(key)).error()).toMatchObject({
      code: 'quota_exceeded',
      details: { scope: 'key', max: 2 },
    });
  }
  const usage = await proxy('usage', '--team', 'acme');
  expect(usage.stdout).toMatch(/^ {2}app +few +requests\/day +█{20} +100 %/m);
  expect(usage.stderr).toMatch(/API Gateway's own quota/);
});

test('a key has an owner and a note, which a rotation keeps', async () => {
  const { done, newKey, proxy } = await start();
  await done('teams', 'create', 'acme', '--plan', 'few');
  expect(await done('keys', 'list')).not.toMatch(/OWNER/);
  await newKey('app', '--team', 'acme', '--owner', 'ann@example.com', '--note', 'the web shop');
  await done('keys', 'rotate', 'app', '--now', '--yes');
  const [key, old] = JSON.parse(await done('keys', 'list', '--team', 'acme', '--json'));
  for (const each of [key, old])
    expect(each).toMatchObject({ owner: 'ann@example.com', note: 'the web shop' });
  expect(await done('keys', 'list')).toMatch(/^app +acme .* ann@example.com +the web shop$/m);
  for (const text of ['', 'a\nb', 'a'.repeat(257)]) {
    const { code, stderr } = await proxy('keys', 'create', 'other', '--team', 'acme', '--note', text);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/note of the key .*\n.* 256 characters/)]);
  }
});

test('usage finds the teams and keys that are near a limit, and sorts by amount used', async () => {
  const { done, newKey, proxy, use } = await start();
  await done('teams', 'create', 'acme', '--plan', 'few');
  await done('teams', 'create', 'idle', '--plan', 'few');
  const key = await newKey('app', '--team', 'acme', '--limit', 'requests/day=2');
  expect((await use(key)).status).toBe(200);
  // 1 of 5 of the team, 1 of 2 of the key.
  expect(await done('usage', '--near', '50')).toMatch(/acme, key app .* 50 %/);
  expect(await done('usage', '--near', '50')).not.toMatch(/^acme /m);
  expect((await proxy('usage', '--near', '90')).stderr).toBe('No team or key has used 90 % of a limit.');
  expect(await done('usage')).toMatch(/Used this month by this team: 1 request, \d+ tokens, \$/);
  const { usage } = JSON.parse(await done('usage', '--sort', 'tokens', '--json'));
  expect(usage[0]).toMatchObject({ team: 'acme' });
  expect(await proxy('usage', '--near', 'x')).toMatchObject({ code: 2 });
});

test('a team whose plan counts nothing is shown as not counted, and not as unused', async () => {
  const { ask, done, proxy } = await start('tight');
  expect((await ask('calm-key')).status).toBe(200);
  expect(await proxy('usage')).toMatchObject({
    stdout: expect.stringMatching(/^calm +many +not counted$/m),
    stderr: expect.not.stringContaining('used nothing'),
  });
  const { usage } = JSON.parse(await done('usage', '--json'));
  expect(usage[0]).toEqual({ team: 'calm', plan: 'many', counted: false, used: {}, limits: [] });
});

test("if its team's limit is reached before, a key's own limit is made, with a note that it has no effect", async () => {
  const { done, proxy } = await start();
  await done('teams', 'create', 'acme', '--plan', 'few');
  const limits = ['--limit', 'requests/day=9', '--limit', 'requests/month=9'];
  const { code, stderr } = await proxy('keys', 'create', 'app', '--team', 'acme', ...limits);
  expect(code).toBe(0);
  expect(stderr).toMatch(/own limit 9 requests\/day will never be reached: the plan few/);
});

test("a key's own limit that no call fits is made, with a note that it lets nothing through", async () => {
  const { done, proxy } = await start();
  await done('teams', 'create', 'acme', '--plan', 'few');
  const limits = ['--limit', 'requests/day=0', '--limit', 'tokens/day=1168'];
  const { code, stderr } = await proxy('keys', 'create', 'app', '--team', 'acme', ...limits);
  expect(code).toBe(0);
  expect(stderr).toMatch(/key app: --limit requests\/day is 0: nothing is let through/);
  expect(stderr).toMatch(/key app: only calls with a small maxTokens fit its 1,168 tokens\/day/);
});

test('a missing team or key is reported before any confirmation', async () => {
  const { proxy } = await start();
  for (const command of [
    ['keys', 'revoke', 'nope'],
    ['teams', 'delete', 'nope'],
    ['keys', 'list', '--team', 'nope'],
    ['keys', 'list', '--team', 'nope', '--json'],
  ]) {
    const { code, stderr } = await proxy(...command);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: There is no (?:key|team) "nope" in counted-dev\./);
  }
});

test('moving a team says how many of its keys still work', async () => {
  const { done, newKey, proxy } = await start();
  await done('teams', 'create', 'acme', '--plan', 'few');
  await newKey('app', '--team', 'acme');
  await newKey('other', '--team', 'acme');
  await done('keys', 'rotate', 'app');
  expect((await proxy('teams', 'move', 'acme', 'tokens')).stderr).toContain('its keys (3)');
  await done('keys', 'rotate', 'app', '--now', '--yes');
  expect((await proxy('teams', 'move', 'acme', 'few')).stderr).toContain('its keys (2)');
});

test('a team is held to its plan, and to the new one when it moves, with all its keys', async () => {
  const { done, newKey, proxy, use, forget } = await start();
  await done('teams', 'create', 'acme', '--plan', 'few');
  const key = await newKey('app', '--team', 'acme');
  const other = await newKey('other', '--team', 'acme');
  for (let request = 1; request <= 5; request += 1) expect((await use(key)).status).toBe(200);
  for (const each of [key, other]) {
    expect((await use(each)).error()).toMatchObject({
      code: 'quota_exceeded',
      details: { limit: 'requests' },
    });
  }

  await done('teams', 'move', 'acme', 'tokens');
  await done('teams', 'move', 'acme', 'tokens');
  await forget();
  for (const each of [key, other]) expect((await use(each)).status).toBe(200);
  expect((await use(key, { maxTokens: 2000 })).error()).toMatchObject({
    code: 'exceeds_limit',
    details: { limit: 'tokens', max: 2000 },
  });
  expect(JSON.parse(await done('teams', 'list', '--json'))).toContainEqual(
    expect.objectContaining({ name: 'acme', plan: 'tokens' }),
  );

  const config = await proxy('teams', 'move', 'sharing', 'tokens');
  expect(config).toMatchObject({ code: 1, stderr: expect.stringMatching(/in the config: few.*deploy/s) });
  expect((await proxy('teams', 'delete', 'acme', '--yes')).code).toBe(0);
  expect((await use(key)).status).toBe(401);
  expect(await done('teams', 'list')).not.toMatch(/acme/);
});

test('a key made at run time replaces a key of the config, and --now disables the old one', async () => {
  const { done, keyValue, proxy, use } = await start();
  const rotated = await proxy('keys', 'rotate', 'thrifty-key');
  expect(rotated.stderr).toMatch(
    /new key is thrifty-key-2.*works until the config disables it.*enabled: false/s,
  );
  const second = rotated.stdout.trim();
  expect((await use(second)).json()).toMatchObject({ limits: [{ limit: 'tokens', max: 2000 }] });
  expect((await use(keyValue('thrifty-key'))).status).toBe(200);

  const again = await proxy('keys', 'rotate', 'thrifty-key');
  expect(again).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /replaced by thrifty-key-2 already.*\.\/proxy keys rotate thrifty-key-2 --local http:/s,
    ),
  });
  const third = await proxy('keys', 'rotate', 'thrifty-key', '--now', '--yes', '--as', 'thrifty-key-3');
  expect(third).toMatchObject({ code: 1, stderr: again.stderr });
  const now = await proxy('keys', 'rotate', 'thrifty-key', '--now', '--yes');
  expect(now.stderr).toMatch(/is disabled.*enabled: false.*deploy/);
  expect((await use(second)).status).toBe(401);
  expect((await use(keyValue('thrifty-key'))).status).toBe(401);
  expect((await use(now.stdout.trim())).status).toBe(200);
  expect(await done('keys', 'list')).toMatch(/^thrifty-key +thrifty +tokens +disabled/m);
});

test('a key that the config disables is not replaced by one that works', async () => {
  const { done, proxy } = await start('tight');
  for (const options of [[], ['--now', '--yes'], ['--as', 'other-key']]) {
    const { code, stdout, stderr } = await proxy('keys', 'rotate', 'disabled-key', ...options);
    expect(stderr).toMatch(
      /^error: The key disabled-key is disabled in the config.*keys create NAME --team calm.*enabled/s,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  }
  expect(JSON.parse(await done('keys', 'list', '--team', 'calm', '--json'))).toHaveLength(2);
});

test('of two commands that make a key of the same name at once, one succeeds', async () => {
  const { done, origin, proxy, spawned } = await start();
  await done('teams', 'create', 'acme', '--plan', 'few');
  const command = ['keys', 'create', 'app', '--team', 'acme'];
  const runs = await Promise.all([spawned(...command), spawned(...command)]);
  const more = await Promise.all(Array.from({ length: 8 }, () => proxy(...command)));
  expect(runs.map(({ code }) => code).toSorted()).toEqual([0, 1]);
  expect(more.map(({ code }) => code)).toEqual(more.map(() => 1));
  for (const { code, stderr } of runs) {
    if (code === 1) expect(stderr).toMatch(/There is a key "app" already|is making a key "app"/);
  }
  const client = new APIGatewayClient({
    endpoint: `${origin}/.local/api_gateway`,
    region: 'us-east-1',
    credentials: localCredentials,
  });
  const { items } = await client.send(new GetApiKeysCommand({ nameQuery: 'app' }));
  expect(items).toHaveLength(1);
});

test('without a terminal there is no colour and no question', async () => {
  const { spawned, said } = await start();
  expect((await spawned('usage', '--all')).stdout).toMatch(/░/);
  const revoked = await spawned('keys', 'revoke', 'shared-key');
  expect(revoked).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/--yes/) });
  expect(said()).not.toContain('\u001b');
});
