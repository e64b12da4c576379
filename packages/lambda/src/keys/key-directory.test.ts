import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { accessKey, attributeValues, keyAttributes } from '@org/table';
import { startTestTable, type TestTable, tableName } from '@org/table/testing/test-table';
import { expect, onTestFinished, test } from 'vitest';
import { type Config, readConfig } from '../config.ts';
import type { ProxyEnvironment } from '../environment.ts';
import { createKeyDirectory, type KeyDirectory } from './key-directory.ts';

const environment: ProxyEnvironment = {
  metrics: 'proxy-test',
  models: ['titan', 'llama'],
  plans: {
    small: { models: ['llama'], limits: { requests: { day: 5 } } },
    large: { models: ['llama', 'titan'], limits: {} },
  },
  teams: { acme: 'large' },
  keys: { deployed: 'acme' },
};

const config: Config = readConfig({
  AWS_REGION: 'us-east-1',
  PROXY_TABLE: tableName,
  PROXY_CONFIG: JSON.stringify(environment),
});

/** When requests come in. The functions' clock is another, which only decides how long an item is cached. */
const noon = Date.parse('2026-11-22T12:00:00Z');
const noonInSeconds = noon / 1000;
const signal = new AbortController().signal;

interface Fixture {
  readonly find: (keyId: string, at?: number) => ReturnType<KeyDirectory>;
  /** Writes a key's item in place of its old one. */
  readonly write: (keyId: string, attributes: Readonly<Record<string, string | number>>) => Promise<void>;
  readonly table: TestTable;
}

async function start(): Promise<Fixture> {
  const table = await startTestTable();
  onTestFinished(() => table.close());
  const directory = createKeyDirectory({ client: table.client, config, now: () => 0 });
  return {
    table,
    find: (keyId, at = noon) => directory(keyId, signal, at),
    async write(keyId, attributes) {
      const Item = { ...keyAttributes(accessKey(keyId)), ...attributeValues(attributes) };
      await table.client.send(new PutItemCommand({ TableName: tableName, Item }));
      table.operations.length = 0;
    },
  };
}

test('a key of the config is known without asking the table', async () => {
  const { find, table } = await start();
  expect(await find('deployed')).toMatchObject({ team: 'acme', plan: 'large' });
  expect(table.operations).toEqual([]);
});

test('a key made at run time has the team, the plan and the limits of its item', async () => {
  const { find, write } = await start();
  const limits = { tokens: { month: 100 } };
  await write('made', { team: 'initech', plan: 'small', limits: JSON.stringify(limits), name: 'app' });
  expect(await find('made')).toEqual({
    keyId: 'made',
    team: 'initech',
    plan: 'small',
    models: ['llama'],
    maxTokens: undefined,
    clampMaxTokens: false,
    guardrail: undefined,
    inferenceProfiles: new Map(),
    scopes: [
      { kind: 'key', id: 'made', limits },
      { kind: 'team', id: 'initech', limits: { requests: { day: 5 } } },
    ],
  });
});

test('a team of the config keeps the plan that it has there', async () => {
  const { find, write } = await start();
  await write('made', { team: 'acme', plan: 'small' });
  expect(await find('made')).toMatchObject({ team: 'acme', plan: 'large' });
});

test("a key that replaced another counts towards the same key's limits", async () => {
  const { find, write } = await start();
  const limits = JSON.stringify({ requests: { day: 1 } });
  await write('new', { team: 'initech', plan: 'small', limits, countedAs: 'old' });
  const caller = await find('new');
  expect(caller?.keyId).toBe('new');
  expect(caller?.scopes).toMatchObject([
    { kind: 'key', id: 'old' },
    { kind: 'team', id: 'initech' },
  ]);
});

test.each([
  ['without an item', undefined],
  ['of a plan that is gone', { team: 'initech', plan: 'gone' }],
  ['of a team without a plan', { team: 'initech' }],
])('a key %s has no caller', async (_, item) => {
  const { find, write } = await start();
  if (item) await write('made', item);
  expect(await find('made')).toBeUndefined();
});

test('a key with an end works up to it and not from it on, by the time of the request', async () => {
  const { find, write } = await start();
  await write('made', { team: 'initech', plan: 'small', until: noonInSeconds });
  expect(await find('made', noon - 1)).toMatchObject({ team: 'initech' });
  expect(await find('made', noon)).toBeUndefined();
  expect(await find('made', noon + 1)).toBeUndefined();
});

test('the end holds for a key that is remembered too', async () => {
  const { find, write, table } = await start();
  await write('made', { team: 'initech', plan: 'small', until: noonInSeconds });
  await find('made', noon - 1);
  expect(await find('made', noon)).toBeUndefined();
  // A request that came in before the end and is looked at after it still belongs to the time before.
  expect(await find('made', noon - 1)).toBeDefined();
  expect(table.operations).toEqual(['GetItem']);
});

test('a call is refused if the table cannot be read, because its limits are unknown', async () => {
  const { find, table } = await start();
  table.close();
  await expect(find('made')).rejects.toMatchObject({ statement: { code: 'limits_unavailable' } });
});
