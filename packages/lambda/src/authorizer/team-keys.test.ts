import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { keyAttributes, signInKey } from '@org/table';
import { startTestTable, tableName } from '@org/table/test-table';
import { expect, onTestFinished, test } from 'vitest';
import { createTeamKeys } from './team-keys.ts';

async function start() {
  const table = await startTestTable();
  onTestFinished(() => table.close());
  let now = 0;
  return {
    table,
    keyOf: createTeamKeys({ client: table.client, table: tableName, now: () => now }),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    write: (team: string, value: string) =>
      table.client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: { ...keyAttributes(signInKey(team)), value: { S: value }, keyId: { S: 'id' } },
        }),
      ),
    remove: (team: string) =>
      table.client.send(new DeleteItemCommand({ TableName: tableName, Key: keyAttributes(signInKey(team)) })),
  };
}

test("a team's key is read once a minute", async () => {
  const { table, keyOf, write, pass } = await start();
  await write('acme', 'first');
  table.operations.length = 0;
  expect(await keyOf('acme')).toBe('first');
  await write('acme', 'second');
  pass(59_999);
  expect(await keyOf('acme')).toBe('first');
  pass(1);
  expect(await keyOf('acme')).toBe('second');
  expect(table.operations.filter((operation) => operation === 'GetItem')).toHaveLength(2);
});

test('a team that is taken away is gone within a minute, and one that is made is there within a minute', async () => {
  const { keyOf, write, remove, pass } = await start();
  await write('old', 'key');
  await keyOf('old');
  expect(await keyOf('new')).toBeUndefined();
  await remove('old');
  await write('new', 'key');
  pass(60_000);
  expect(await keyOf('old')).toBeUndefined();
  expect(await keyOf('new')).toBe('key');
});

test('a table that cannot be read is an error, and no answer is remembered', async () => {
  const { table, keyOf } = await start();
  table.close();
  await expect(keyOf('acme')).rejects.toThrow();
  await expect(keyOf('acme')).rejects.toThrow();
});
