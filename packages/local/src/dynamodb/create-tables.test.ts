import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { localCredentials } from '@org/admin/local-gateway';
import { expect, onTestFinished, test } from 'vitest';
import type { TableDefinition } from '../template/tables.ts';
import { createTables, TableCreationError } from './create-tables.ts';
import { startDynamoDb } from './server.ts';

const table: TableDefinition = {
  name: 'Stack-Counters-ABC',
  region: 'eu-west-1',
  keys: [
    { name: 'pk', type: 'S' },
    { name: 'at', type: 'N' },
  ],
};

test('tables have their names and keys, and are created once, even by many calls at once', async () => {
  const dynamodb = await startDynamoDb();
  onTestFinished(() => dynamodb.close());
  await Promise.all([createTables([table], dynamodb.url), createTables([table], dynamodb.url)]);
  await createTables([table], dynamodb.url);

  const client = new DynamoDBClient({
    endpoint: dynamodb.url,
    region: table.region,
    credentials: localCredentials,
  });
  const { Table: made } = await client.send(new DescribeTableCommand({ TableName: table.name }));
  client.destroy();
  expect(made).toMatchObject({
    TableStatus: 'ACTIVE',
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'at', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: expect.arrayContaining([{ AttributeName: 'at', AttributeType: 'N' }]),
  });
});

test('a server that cannot be reached is reported', async () => {
  const dynamodb = await startDynamoDb();
  await dynamodb.close();
  const failed = createTables([table], dynamodb.url);
  await expect(failed).rejects.toBeInstanceOf(TableCreationError);
  await expect(failed).rejects.toThrow(
    /^The table Stack-Counters-ABC cannot be made on http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
  );
});
