import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AskEvent, type AskOptions, askAsKey, localEndpoints, openDeployment } from '@org/admin';
import { expect, onTestFinished, test } from 'vitest';
import { type ConfigName, configs } from './configs.ts';
import { startSystem } from './harness.ts';
import { commandLine } from './keys/command-line.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

/** A deployment on this machine, its command line and its admin functions. */
async function start(config: ConfigName = 'everything') {
  const system = await startSystem(config);
  const proxy = await commandLine(new URL(system.url).origin, configs[config], () => noon);
  const { name, stage } = configs[config];
  const endpoints = await localEndpoints(system.url, `${name}-${stage}`);
  const deployment = await openDeployment(configs[config], endpoints, () => noon);
  onTestFinished(() => deployment.close());
  const events = async (options: AskOptions): Promise<AskEvent[]> => {
    const all: AskEvent[] = [];
    for await (const event of askAsKey(deployment, options)) all.push(event);
    return all;
  };
  const directory = await mkdtemp(join(tmpdir(), 'proxy-ask-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = async (named: string, content: string | Uint8Array) => {
    await writeFile(join(directory, named), content);
    return join(directory, named);
  };
  return { ...system, proxy, events, file };
}

const question = 'What is a dystopia?';

test('an answer comes as a key would get it, streamed or whole, with what was held and charged', async () => {
  const { events, logs } = await start();
  for (const stream of [undefined, false]) {
    const all = await events({ key: 'all-key', request: { model: 'nova-lite', question }, stream });
    const types = all.map(({ type }) => type);
    expect(types[0]).toBe('start');
    expect(types.slice(-3)).toEqual(['done', 'ended', 'accounted']);
    const text = all.flatMap((event) => (event.type === 'delta' ? [event.text] : [])).join('');
    expect(text).not.toBe('');
    const [accounted, ended] = [all.at(-1), all.at(-2)];
    const line = JSON.parse(logs.at(-1) ?? '');
    expect(line.operation).toBe(stream === false ? 'ask' : 'stream');
    expect(accounted).toMatchObject({
      logged: { team: 'all', held: { usd: line.held.usd / 1e6 }, charged: { tokens: line.charged.tokens } },
    });
    expect(ended).toMatchObject({ status: 200, requestId: line.requestId });
  }
});

test('a refusal is an event, no matter where it is made, and nothing is charged for it', async () => {
  const { events } = await start('counted');
  const ask = (model: string) => events({ key: 'shared-key', request: { model, question } });
  expect(await ask('claude-sonnet-4.6')).toEqual([
    expect.objectContaining({ type: 'error', error: expect.objectContaining({ code: 'model_not_allowed' }) }),
    expect.objectContaining({ type: 'ended', status: 403 }),
    { type: 'accounted', logged: expect.objectContaining({ code: 'model_not_allowed' }) },
  ]);
  for (let call = 0; call < 5; call += 1) await ask('llama');
  const [refusal, , accounted] = await ask('llama');
  expect(refusal).toMatchObject({ error: { code: 'quota_exceeded', details: { max: 5 } } });
  expect(accounted).toMatchObject({ logged: { code: 'quota_exceeded' } });
});

test('a key that does not work says so, and no value is ever said', async () => {
  const { events, proxy, keyValue, logs } = await start('counted');
  const made = await proxy('keys', 'create', 'app', '--team', 'sharing', '--expires', '1h');
  const ask = (key: string) => events({ key, request: { model: 'llama', question } });
  expect((await ask('app')).at(-1)).toMatchObject({ logged: { team: 'sharing' } });
  await proxy('keys', 'disable', 'app');
  await expect(ask('app')).rejects.toMatchObject({ code: 'key_was_disabled' });
  await proxy('keys', 'disable', 'other-key');
  await expect(ask('other-key')).rejects.toMatchObject({ code: 'key_was_disabled' });
  await expect(ask('nothing')).rejects.toMatchObject({ code: 'no_such_key' });
  const said = [
    await proxy('ask', 'llama', question, '--key', 'shared-key'),
    await proxy('ask', 'llama', question, '--key', 'shared-key', '--json'),
    await proxy('ask', 'claude-sonnet-4.6', question, '--key', 'shared-key'),
    await proxy('ask', 'llama', question, '--key', 'app'),
  ];
  expect(said.map(({ code }) => code)).toEqual([0, 0, 1, 1]);
  const all = [...said.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...logs].join('\n');
  for (const value of [keyValue('shared-key'), made.stdout.trim()]) expect(all).not.toContain(value);
});

test('the command prints the answer, and beside it what is left, held and charged', async () => {
  const { proxy } = await start('counted');
  const { code, stdout, stderr } = await proxy('ask', 'llama', question, '--key', 'shared-key');
  expect([code, stdout === '']).toEqual([0, false]);
  expect(stderr).toContain('requests/day of the team: 4 of 5 left.');
  expect(stderr).toMatch(
    /First text after [\d.]+ m?s\.\nAll of it after [\d.]+ m?s\. Request [\w-]+\.\nHeld: 1 request, /,
  );
  expect(stderr).toMatch(/Charged: 1 request, [\d,]+ tokens, \$/);
  const json = JSON.parse(
    (await proxy('ask', 'llama', question, '--key', 'shared-key', '--json', '--no-stream')).stdout,
  );
  expect(json).toMatchObject({ status: 200, content: [{ type: 'text' }], charged: { requests: 1 } });
  const refused = await proxy('ask', 'unheard-of', question, '--key', 'shared-key');
  expect(refused.stderr).toMatch(/^error: unknown_model: .*\nSee more with: .* requests show [\w-]+ --local/);
  const keyless = await proxy('ask', 'llama', question);
  expect(keyless.stderr).toContain("required option '--key <name>' not specified");
});

test('system, images and tools reach the model', async () => {
  const { bills, proxy, file } = await start();
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const tool = {
    name: 'weather',
    description: 'The weather',
    inputSchema: { type: 'object', properties: {} },
  };
  const ask = (...args: string[]) => proxy('ask', 'nova-lite', question, '--key', 'all-key', ...args);
  expect((await ask()).code).toBe(0);
  expect((await ask('--system', 'Say it in a hundred short words, and no more than that')).code).toBe(0);
  expect((await ask('--image', await file('photo.png', png))).code).toBe(0);
  const called = await ask('--tool', await file('weather.json', JSON.stringify(tool)));
  expect(called.code, called.stderr).toBe(0);
  const inputs = bills.map(({ inputTokens }) => inputTokens);
  expect(Math.min(...inputs.slice(1))).toBeGreaterThan(inputs[0] ?? 0);
  for (const [args, message] of [
    [['--image', 'photo.bmp'], 'The name of photo.bmp does not end like that of an image.'],
    [['--image', 'absent.png'], 'absent.png cannot be read'],
    [['--tool', await file('odd.json', '{"name":"x"}')], 'is not a tool'],
    [['--max-tokens', '0'], 'It must be a whole number, 1 or more.'],
  ] as const) {
    const { code, stderr } = await ask(...args);
    expect([code > 0, stderr]).toEqual([true, expect.stringContaining(message)]);
  }
});
