import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { stackNameOf } from '@org/infra/config';
import { environmentVariables } from '@org/lambda/environment';
import { startDynamoDb } from '@org/local/dynamodb';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { dynamoDbClient } from '../dynamodb-client.ts';
import { type System, startSystem } from '../harness.ts';
import { commandLine } from '../keys/command-line.ts';
import { recorded, UsageReport } from './recorded.ts';

const run = promisify(execFile);
const config = configs.released;
const noon = Date.parse('2026-11-22T12:00:00Z');
const { shown } = recorded;

/** The last release's template and functions. */
let released: string;
beforeAll(async () => {
  released = await mkdtemp(join(tmpdir(), 'released-'));
  await run('tar', ['-xzf', join(import.meta.dirname, 'release/assembly.tar.gz'), '-C', released]);
});
afterAll(() => rm(released, { recursive: true }));

/** The table and the keys that the last release left in an account, and its functions, which still run. */
async function account() {
  const directory = await mkdtemp(join(tmpdir(), 'account-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const keyFile = join(directory, 'keys.json');
  await writeFile(keyFile, JSON.stringify(recorded.keys));
  const dynamodb = await startDynamoDb();
  onTestFinished(() => dynamodb.close());
  const deployReleased = (environment = {}) =>
    startSystem('released', { dynamodb, keyFile, assembly: released, environment });
  const old = await deployReleased();

  const table = dynamoDbClient(dynamodb.url);
  onTestFinished(() => table.destroy());
  for (const Item of recorded.items) {
    await table.send(new PutItemCommand({ TableName: old.gateway.tables[0]?.name, Item }));
  }
  const values = new Map([...old.gateway.apiKeys, ...recorded.keys.keys].map(({ id, value }) => [id, value]));
  return {
    old,
    deployReleased,
    deployThis: (environment = {}) => startSystem('released', { dynamodb, keyFile, environment }),
    /** The value of the newest key of a name. */
    keyValue: (name: string) => values.get(shown.keys.find((key) => key.name === name)?.id ?? ''),
  };
}

/**
 * The function's configuration. A deployment changes it and the code one after the other, so that for a moment the code
 * of one version has the configuration of the other.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
 */
function configurationOf({ gateway }: System): Record<string, string> {
  const values = gateway.functions.flatMap(
    ({ environment }) => environment[environmentVariables.config] ?? [],
  );
  expect(values).toHaveLength(1);
  return Object.fromEntries(values.map((value) => [environmentVariables.config, value]));
}

/** The command line of this version. */
const proxyOf = (system: System) => commandLine(new URL(system.url).origin, config, () => noon);

const ask = (system: System, key: string | undefined) =>
  system.send({ key, body: { model: 'nova-lite', question: 'What is a dystopia?', maxTokens: 50 } });

const usage = async (system: System, key: string | undefined) =>
  (await system.send({ key, method: 'GET', path: '/usage' })).json();

/** Calls with a key, all at once, to each of some systems in turn; the number of those that were answered. */
async function admitted(key: string | undefined, count: number, systems: readonly System[]): Promise<number> {
  const calls = Array.from({ length: count }, (_, index) =>
    systems.slice(index % systems.length, (index % systems.length) + 1),
  );
  const replies = await Promise.all(calls.flat().map((system) => ask(system, key)));
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200, 429]));
  return replies.filter(({ status }) => status === 200).length;
}

/** The tokens of all teams in what `usage --json` printed. */
const tokensOf = (report: unknown) =>
  UsageReport.parse(report).usage.reduce((sum, { used }) => sum + used.month.tokens, 0);

/** Types of resources that keep nothing, so that one can be made and another deleted. */
const remade = ['AWS::ApiGateway::Deployment', 'AWS::CloudWatch::Alarm'];

test('neither an upgrade nor the way back replaces or deletes a resource that keeps something', async () => {
  const stack = stackNameOf(config);
  const cdk = join(import.meta.dirname, '../../tools/cdk/node_modules/aws-cdk/bin/cdk');
  const { stdout, stderr } = await run(process.execPath, [
    ...[cdk, 'diff', stack, '--template', join(released, `${stack}.template.json`)],
    ...['--app', join(inject('assemblies'), 'released')],
    ...['--no-notices', '--no-version-reporting', '--no-color'],
  ]);
  const changes = `${stdout}${stderr}`.match(/^\[[-+~]\] AWS::.*$/gm) ?? [];
  expect(changes).toContainEqual(expect.stringMatching(/^\[~\] AWS::Lambda::Function /));
  // The way back deletes what an upgrade adds.
  const notKept = changes.filter((change) => /^\[\+\]|(?:replaced?|destroy|orphan)$/.test(change));
  expect(notKept.filter((change) => !remade.some((type) => change.includes(`] ${type} `)))).toEqual([]);
});

test('an upgrade finds teams, keys and counters as they were, and while both versions answer, their calls together keep every limit', async () => {
  const { old, deployThis, keyValue } = await account();
  // Some outputs had other names, so no command guesses at a stack that is not upgraded yet.
  expect(await (await proxyOf(old))('keys', 'list')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/has no output.*Deploy again/s),
  });
  const current = await deployThis(configurationOf(old));
  const proxy = await proxyOf(current);
  const printed = async (...args: string[]) => JSON.parse((await proxy(...args, '--json')).stdout);
  expect(await printed('teams', 'list')).toMatchObject(shown.teams);
  expect(await printed('keys', 'list')).toMatchObject(shown.keys);
  expect(await printed('usage')).toMatchObject(shown.usage);
  for (const name of ['first-app', 'first-extra', 'thrifty-app', 'visiting-intern']) {
    expect(await usage(current, keyValue(name)), name).toMatchObject(
      Object(await usage(old, keyValue(name))),
    );
  }

  // One answer of each in turn, and each counts the other's.
  const thrifty = keyValue('thrifty-app');
  for (const system of [old, current, old, current]) expect((await ask(system, thrifty)).status).toBe(200);
  expect(await usage(old, thrifty)).toMatchObject(Object(await usage(current, thrifty)));

  // Of each limit, the last release left half.
  expect(await admitted(keyValue('first-intern'), 8, [old, current])).toBe(2);
  expect(await admitted(keyValue('visiting-app'), 16, [old, current])).toBe(6);
  expect(await admitted(keyValue('first-extra'), 8, [current])).toBe(4);

  const billed = [...old.bills, ...current.bills];
  const tokens = billed.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
  expect(tokensOf(await printed('usage'))).toBe(tokensOf(shown.usage) + tokens);
});

test("the last release's functions serve the teams and keys of this version, and count on", async () => {
  const { deployThis, deployReleased, keyValue } = await account();
  const current = await deployThis();
  const proxy = await proxyOf(current);
  await proxy('teams', 'create', 'later', '--plan', 'few');
  const made = await proxy('keys', 'create', 'later-app', '--team', 'later', '--limit', 'requests/month=6');
  const rotated = await proxy('keys', 'rotate', 'visiting-app');
  await proxy('keys', 'revoke', 'first-extra', '--yes');
  for (const key of [made.stdout, rotated.stdout, made.stdout])
    expect((await ask(current, key)).status).toBe(200);

  const old = await deployReleased(configurationOf(current));
  expect(await admitted(made.stdout, 8, [old, current])).toBe(4);
  expect(await admitted(rotated.stdout, 12, [old])).toBe(5);
  expect((await ask(old, keyValue('visiting-app'))).error()).toMatchObject({ code: 'quota_exceeded' });
  expect((await ask(old, keyValue('first-extra'))).status).toBe(401);
  expect(await usage(old, made.stdout)).toMatchObject(Object(await usage(current, made.stdout)));
});
