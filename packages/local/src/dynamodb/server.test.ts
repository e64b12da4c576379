import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { localCredentials } from '@org/admin/local-gateway';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createTables } from './create-tables.ts';
import type { Fault } from './fault.ts';
import { type LocalDynamoDb, startDynamoDb } from './server.ts';

const table = {
  name: 'counters',
  region: 'us-east-1',
  keys: [
    { name: 'pk', type: 'S' },
    { name: 'sk', type: 'S' },
  ],
} as const;

let dynamodb: LocalDynamoDb;
let client: DynamoDBClient;

beforeEach(async () => {
  dynamodb = await startDynamoDb();
  await createTables([table], dynamodb.url);
  client = new DynamoDBClient({
    endpoint: dynamodb.url,
    region: table.region,
    credentials: localCredentials,
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await dynamodb.close();
  });
});

const Key = { pk: { S: 'a' }, sk: { S: '2026-11' } };

/** Adds one, up to `most`. */
const add = (most = 100, signal?: AbortSignal) =>
  client.send(
    new UpdateItemCommand({
      TableName: table.name,
      Key,
      UpdateExpression: 'ADD used :one',
      ConditionExpression: 'attribute_not_exists(used) OR used < :most',
      ExpressionAttributeValues: { ':one': { N: '1' }, ':most': { N: String(most) } },
    }),
    signal ? { abortSignal: signal } : {},
  );

const used = async (): Promise<number> => {
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: table.name, Key, ConsistentRead: true }),
  );
  return Number(item?.['used']?.N ?? 0);
};

test('conditional writes at once never pass their bound', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => add(10)));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
  expect(refused).toHaveLength(40);
  expect(refused.every((reason) => reason instanceof ConditionalCheckFailedException)).toBe(true);
  expect(await used()).toBe(10);
});

test('requests are counted by operation', async () => {
  dynamodb.failNext({ kind: 'reset' });
  await Promise.allSettled([add(), add(), used()]);
  expect(dynamodb.requests).toMatchObject({ UpdateItem: 2, GetItem: 1, CreateTable: 1 });
});

describe('faults', () => {
  test.each<[fault: Fault, name: string, status: number | undefined, written: number]>([
    [{ kind: 'exception', name: 'ThrottlingException' }, 'ThrottlingException', 400, 0],
    [
      { kind: 'exception', name: 'ProvisionedThroughputExceededException' },
      'ProvisionedThroughputExceededException',
      400,
      0,
    ],
    [{ kind: 'exception', name: 'InternalServerError' }, 'InternalServerError', 500, 0],
    [{ kind: 'reset' }, 'ECONNRESET', undefined, 0],
    [{ kind: 'reset-after' }, 'ECONNRESET', undefined, 1],
  ])('%j is what the SDK takes it for, once', async (fault, name, httpStatusCode, written) => {
    dynamodb.failNext({ kind: 'none' }, fault);
    await add();
    const error: unknown = await add().catch((reason: unknown) => reason);
    expect(error).toMatchObject(
      httpStatusCode === undefined ? { code: name } : { name, $metadata: { httpStatusCode } },
    );
    expect(await used()).toBe(1 + written);
    await add();
    expect(await used()).toBe(2 + written);
  });

  test('a slow answer comes late, and is applied though the caller gave up', async () => {
    dynamodb.failNext({ kind: 'slow', milliseconds: 150 });
    await expect(add(100, AbortSignal.timeout(20))).rejects.toThrow(/abort/i);
    expect(await used()).toBe(0);
    await expect.poll(used).toBe(1);
  });

  test('a stalled request is never answered and never applied', async () => {
    dynamodb.failNext({ kind: 'stall' });
    await expect(add(100, AbortSignal.timeout(50))).rejects.toThrow(/abort/i);
    expect(await used()).toBe(0);
  });

  test('a lasting fault ends when it is told to', async () => {
    dynamodb.failEvery({ kind: 'reset' });
    await expect(add()).rejects.toThrow();
    await expect(add()).rejects.toThrow();
    dynamodb.failEvery();
    await add();
    expect(await used()).toBe(1);
  });
});
