import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { localCredentials } from '@org/admin/local-gateway';
import { expect, onTestFinished, test } from 'vitest';
import { createTables } from './create-tables.ts';
import { startDynamoDb } from './server.ts';

const TableName = 'table';

async function start() {
  const dynamodb = await startDynamoDb();
  onTestFinished(() => dynamodb.close());
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: dynamodb.url,
    credentials: localCredentials,
  });
  onTestFinished(() => client.destroy());
  const keys = ['pk', 'sk'].map((name) => ({ name, type: 'S' as const }));
  await createTables([{ name: TableName, region: 'us-east-1', keys }], dynamodb.url);
  const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
  return {
    dynamodb,
    client,
    put: (pk: string, value: number) =>
      client.send(new PutItemCommand({ TableName, Item: { ...key(pk), value: { N: String(value) } } })),
    async value(pk: string) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName, Key: key(pk), ConsistentRead: true }),
      );
      return Item?.['value']?.N;
    },
    /** Adds to some items, if the last one has a value. */
    add: (pks: readonly string[], ifLast: number, token?: string) =>
      client.send(
        new TransactWriteItemsCommand({
          ClientRequestToken: token,
          TransactItems: pks.map((pk, index) => ({
            Update: {
              TableName,
              Key: key(pk),
              UpdateExpression: 'ADD #value :one',
              ExpressionAttributeNames: { '#value': 'value' },
              ExpressionAttributeValues: {
                ':one': { N: '1' },
                ...(index === pks.length - 1 && { ':wanted': { N: String(ifLast) } }),
              },
              ...(index === pks.length - 1 && { ConditionExpression: '#value = :wanted' }),
            },
          })),
        }),
      ),
  };
}

test('a transaction whose last condition fails leaves everything as it was, and says which failed', async () => {
  const { put, add, value } = await start();
  await put('b', 1);
  await put('c', 1);
  const failed = await add(['a', 'b', 'c'], 9).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(TransactionCanceledException);
  expect(failed).toMatchObject({
    CancellationReasons: [{ Code: 'None' }, { Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
  });
  expect([await value('a'), await value('b'), await value('c')]).toEqual([undefined, '1', '1']);
  await add(['a', 'b', 'c'], 1);
  expect([await value('a'), await value('b'), await value('c')]).toEqual(['1', '2', '2']);
});

test('a check writes nothing, and decides about the rest', async () => {
  const { client, put, value } = await start();
  const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
  const checked = (condition: string) =>
    client
      .send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { ConditionCheck: { TableName, Key: key('a'), ConditionExpression: condition } },
            { Put: { TableName, Item: { ...key('b'), value: { N: '1' } } } },
          ],
        }),
      )
      .then(...([() => true, () => false] as const));
  expect(await checked('attribute_exists(pk)')).toBe(false);
  expect(await value('b')).toBeUndefined();
  expect(await checked('attribute_not_exists(pk)')).toBe(true);
  expect(await checked('attribute_exists(pk)')).toBe(false);
  await put('a', 7);
  expect(await checked('attribute_exists(pk)')).toBe(true);
  expect([await value('a'), await value('b')]).toEqual(['7', '1']);
});

test('of many transactions at once, one meets its condition, and nothing sees half of one', async () => {
  const { put, add, value } = await start();
  await put('b', 0);
  const seen: unknown[] = [];
  const attempts = Array.from({ length: 20 }, () =>
    add(['a', 'b'], 0).then(...([() => 1, () => 0] as const)),
  );
  const reads = Array.from({ length: 20 }, async () => seen.push([await value('b'), await value('a')]));
  const done = await Promise.all(attempts);
  await Promise.all(reads);
  expect(done.filter(Boolean)).toHaveLength(1);
  expect([await value('a'), await value('b')]).toEqual(['1', '1']);
  // Half of it would be a value of b without one of a.
  expect(seen).not.toContainEqual(['1', undefined]);
});

test('a transaction that is sent again with its token is done once', async () => {
  const { dynamodb, put, add, value } = await start();
  await put('a', 0);
  dynamodb.failNext({ kind: 'reset-after' });
  await add(['a'], 0, 'token');
  expect(await value('a')).toBe('1');
});
