import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  accessKey,
  attributeValues,
  believedForMs,
  type Changes,
  changesAttributes,
  changesKey,
  keyAttributes,
  type MemberName,
  planKey,
  type ScopeName,
  withMark,
} from '@org/table';
import { startTestTable, type TestTable, tableName } from '@org/table/testing/test-table';
import { describe, expect, onTestFinished, test } from 'vitest';
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
  /** Writes what an operator changed in place of earlier changes. */
  readonly change: (kind: 'team' | 'key', id: string, changes: Changes) => Promise<void>;
  readonly changeMember: (member: MemberName, changes: Changes) => Promise<void>;
  /** Moves the functions' clock. */
  readonly pass: (milliseconds: number) => void;
  readonly table: TestTable;
}

async function start(): Promise<Fixture> {
  const table = await startTestTable();
  onTestFinished(() => table.close());
  let now = 0;
  const directory = createKeyDirectory({ client: table.client, config, now: () => now });
  const write = async (scope: ScopeName, changes: Changes) => {
    const Item = { ...keyAttributes(changesKey(scope)), ...attributeValues(changesAttributes(changes)) };
    await table.client.send(new PutItemCommand({ TableName: tableName, Item }));
  };
  return {
    table,
    pass: (milliseconds) => {
      now += milliseconds;
    },
    change: (kind, id, changes) => write({ kind, id }, changes),
    changeMember: write,
    find: (keyId, at = noon) => directory(keyId, signal, at),
    async write(keyId, attributes) {
      const Item = { ...keyAttributes(accessKey(keyId)), ...attributeValues(attributes) };
      await table.client.send(new PutItemCommand({ TableName: tableName, Item }));
      table.operations.length = 0;
    },
  };
}

test('a key of the config is known, and once a minute it is asked what was changed of it and of its team', async () => {
  const { find, pass, table } = await start();
  for (let call = 0; call < 3; call += 1)
    expect(await find('deployed')).toMatchObject({ team: 'acme', plan: 'large' });
  expect(table.operations).toEqual(['GetItem', 'GetItem']);
  pass(believedForMs);
  await find('deployed');
  expect(table.operations).toHaveLength(4);
});

describe('what operators changed', () => {
  const scopesOf = async (find: Fixture['find'], keyId: string, at = noon) =>
    (await find(keyId, at))?.scopes.map(({ kind, limits }) => [kind, limits]);

  test('is in force for a key of the config within a minute', async () => {
    const { find, change, pass } = await start();
    expect(await scopesOf(find, 'deployed')).toEqual([['team', {}]]);
    await change('team', 'acme', { limits: { usd: { day: 5 } } });
    await change('key', 'deployed', { limits: { requests: { day: 1 } } });
    pass(believedForMs - 1);
    expect(await scopesOf(find, 'deployed')).toEqual([['team', {}]]);
    pass(1);
    expect(await scopesOf(find, 'deployed')).toMatchObject([
      ['key', { requests: { day: 1 } }],
      ['team', { usd: { day: 5 } }],
    ]);
  });

  test('is in force for a key made at run time too, and for the keys that it replaced', async () => {
    const { find, write, change } = await start();
    await write('old', { team: 'initech', plan: 'small', limits: '{"requests":{"day":1}}' });
    await write('new', {
      team: 'initech',
      plan: 'small',
      limits: '{"requests":{"day":1}}',
      countedAs: 'old',
    });
    await change('key', 'old', { limits: { requests: { day: 2 } } });
    await change('team', 'initech', { limits: { requests: { day: null }, tokens: { day: 9 } } });
    for (const keyId of ['old', 'new'])
      expect(await scopesOf(find, keyId)).toMatchObject([
        ['key', { requests: { day: 2 } }],
        ['team', { requests: { day: null }, tokens: { day: 9 } }],
      ]);
  });

  test('ends by the time of the request, if it is a raise', async () => {
    const { find, change } = await start();
    await change('key', 'deployed', {
      limits: { requests: { day: 1 } },
      raises: [{ limit: 'requests', period: 'day', max: 7, until: noonInSeconds }],
    });
    expect(await scopesOf(find, 'deployed', noon - 1)).toMatchObject([['key', { requests: { day: 7 } }], {}]);
    expect(await scopesOf(find, 'deployed', noon)).toMatchObject([['key', { requests: { day: 1 } }], {}]);
  });

  test.each<[string, Changes]>([
    ['disabled', { disabled: true }],
    ['at its end', { until: noonInSeconds }],
  ])('refuses a key of the config that is %s', async (_, changes) => {
    const { find, change } = await start();
    await change('key', 'deployed', changes);
    expect(await find('deployed')).toBeUndefined();
  });

  test('refuses a key made at run time that is disabled, and not the one that replaced it', async () => {
    const { find, write } = await start();
    await write('old', { team: 'initech', plan: 'small', disabled: 1 });
    await write('new', { team: 'initech', plan: 'small', countedAs: 'old' });
    expect(await find('old')).toBeUndefined();
    expect(await find('new')).toMatchObject({ team: 'initech' });
  });

  test('of a kind that this version does not know refuses the call, because the limits in force are unknown', async () => {
    const { find, table } = await start();
    const Item = {
      ...keyAttributes(changesKey({ kind: 'team', id: 'acme' })),
      ...attributeValues({ limits: '{"requests":{"century":1}}' }),
    };
    await table.client.send(new PutItemCommand({ TableName: tableName, Item }));
    await expect(find('deployed')).rejects.toThrow();
  });
});

describe('what operators changed of a person, a customer or a model of a team', () => {
  const more = { requests: { day: 9 } };
  const person = (id: string): MemberName => ({ kind: 'person', team: 'acme', id });
  const marked = (...members: readonly MemberName[]): Changes => ({ members: members.reduce(withMark, '') });

  test('is in force for that one alone, on top of the limits of the plan, and reads nothing for any other', async () => {
    const { find, change, changeMember, table } = await start();
    await changeMember(person('ann'), { limits: more });
    await change('team', 'acme', marked(person('ann')));
    const caller = await find('deployed');
    const base = { requests: { day: 5 }, usd: { day: 1 } };
    table.operations.length = 0;
    for (let call = 0; call < 3; call += 1)
      expect(await caller?.inForce?.(person('ann'), base)).toEqual({ requests: { day: 9 }, usd: { day: 1 } });
    expect(table.operations).toEqual(['GetItem']);
    for (let each = 0; each < 10_000; each += 1)
      expect(await caller?.inForce?.(person(`person-${each}`), base)).toBe(base);
    // Fewer than one in a thousand has the mark by chance.
    expect(table.operations.length).toBeLessThan(10);
  });

  test('costs nothing where nothing was changed of any', async () => {
    const { find, table } = await start();
    expect((await find('deployed'))?.inForce).toBeUndefined();
    expect(table.operations).toEqual(['GetItem', 'GetItem']);
  });

  test('follows within a minute when it is changed again, when it ends, and when it is taken back', async () => {
    const { find, change, changeMember, pass } = await start();
    const of = async (at = noon) => await (await find('deployed', at))?.inForce?.(person('ann'), undefined);
    await change('team', 'acme', marked(person('ann')));
    await changeMember(person('ann'), {
      limits: more,
      raises: [{ limit: 'requests', period: 'day', max: 20, until: noonInSeconds }],
    });
    expect(await of(noon - 1)).toMatchObject({ requests: { day: 20 } });
    expect(await of(noon)).toMatchObject(more);
    await changeMember(person('ann'), { limits: { requests: { day: 1 } } });
    expect(await of()).toMatchObject(more);
    pass(believedForMs);
    expect(await of()).toMatchObject({ requests: { day: 1 } });
    await change('team', 'acme', {});
    pass(believedForMs);
    expect(await of()).toBeUndefined();
  });

  test('refuses the call if it cannot be read', async () => {
    const { find, change, table } = await start();
    await change('team', 'acme', marked(person('ann')));
    const caller = await find('deployed');
    table.close();
    await expect(caller?.inForce?.(person('ann'), undefined)).rejects.toMatchObject({
      statement: { code: 'limits_unavailable' },
    });
  });
});

test('a key made at run time has the team, the plan and the limits of its item', async () => {
  const { find, write } = await start();
  const limits = { tokens: { month: 100 } };
  await write('made', { team: 'initech', plan: 'small', limits: JSON.stringify(limits), name: 'app' });
  expect(await find('made')).toEqual({
    keyId: 'made',
    keyName: 'app',
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

describe('a plan made at run time', () => {
  const writePlan = async ({ table }: Fixture, access: object) => {
    const attributes = { access: JSON.stringify(access), guards: '{}', version: 1, createdAt: '2026-11-22' };
    const Item = { ...keyAttributes(planKey('gold')), ...attributeValues(attributes) };
    await table.client.send(new PutItemCommand({ TableName: tableName, Item }));
  };

  test('is read once a minute, and says what the keys on it may do', async () => {
    const fixture = await start();
    const { find, write, pass, table } = fixture;
    await write('made', { team: 'initech', plan: 'gold' });
    const limits = { usd: { day: 5 } };
    await writePlan(fixture, { models: ['titan'], limits, limitsPerCustomer: limits, maxTokens: 9 });
    table.operations.length = 0;
    for (let call = 0; call < 3; call += 1)
      expect(await find('made')).toMatchObject({
        ...{ plan: 'gold', models: ['titan'], maxTokens: 9, limitsPerCustomer: limits },
        scopes: [{ kind: 'team', id: 'initech', limits }],
      });
    // The key, the plan, and the changes of key and team.
    expect(table.operations).toHaveLength(4);
    await writePlan(fixture, { models: ['llama'] });
    expect(await find('made')).toMatchObject({ models: ['titan'] });
    pass(believedForMs);
    expect(await find('made')).toMatchObject({ models: ['llama'], scopes: [] });
  });

  test('that this version does not know completely refuses the call, because its limits are unknown', async () => {
    const fixture = await start();
    await fixture.write('made', { team: 'initech', plan: 'gold' });
    await writePlan(fixture, { models: ['titan'], limitsPerMoon: {} });
    await expect(fixture.find('made')).rejects.toThrow();
  });

  test('is not the plan of that name in the config, which comes first', async () => {
    const { find, write, table } = await start();
    await write('made', { team: 'initech', plan: 'small' });
    const attributes = { access: '{"models":["titan"]}', guards: '{}', version: 1, createdAt: '2026-11-22' };
    const Item = { ...keyAttributes(planKey('small')), ...attributeValues(attributes) };
    await table.client.send(new PutItemCommand({ TableName: tableName, Item }));
    expect(await find('made')).toMatchObject({ models: ['llama'] });
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
  // Its item, and the changes of key and team.
  expect(table.operations).toEqual(['GetItem', 'GetItem', 'GetItem']);
});

test('a call is refused if the table cannot be read, because its limits are unknown', async () => {
  const { find, table } = await start();
  table.close();
  for (const keyId of ['made', 'deployed'])
    await expect(find(keyId)).rejects.toMatchObject({ statement: { code: 'limits_unavailable' } });
});
