import { setTimeout } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { localCredentials } from '@org/admin/local-gateway';
import type { TableDefinition } from '../template/tables.ts';

/** The DynamoDB server cannot be reached, or refuses to create a table. */
export class TableCreationError extends Error {
  override readonly name = 'TableCreationError';
}

/** How long a table may take until it is ready. */
const activeWithinMs = 30_000;

/**
 * Creates the tables of a stack that the server does not have yet, and waits until they are ready. It only looks at
 * names and keys; encryption, backups and the removal of expired items are not imitated.
 *
 * @param url The server. It only gets credentials that are valid nowhere.
 * @throws {TableCreationError}
 */
export async function createTables(tables: readonly TableDefinition[], url: string): Promise<void> {
  await Promise.all(
    tables.map(async (table) => {
      const client = new DynamoDBClient({
        endpoint: url,
        region: table.region,
        credentials: localCredentials,
      });
      try {
        await create(client, table);
        await untilActive(client, table);
      } catch (error) {
        // A failed connection is an error with a code and no message.
        const reason = error instanceof Error ? error.message || ('code' in error && error.code) : error;
        throw new TableCreationError(`The table ${table.name} cannot be made on ${url}: ${reason}`, {
          cause: error,
        });
      } finally {
        client.destroy();
      }
    }),
  );
}

async function create(client: DynamoDBClient, { name, keys }: TableDefinition): Promise<void> {
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        AttributeDefinitions: keys.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
        KeySchema: keys.map((key, index) => ({
          AttributeName: key.name,
          KeyType: index === 0 ? 'HASH' : 'RANGE',
        })),
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  } catch (error) {
    // The table exists already, or another start was faster.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

async function untilActive(client: DynamoDBClient, { name }: TableDefinition): Promise<void> {
  const deadline = Date.now() + activeWithinMs;
  for (;;) {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (table?.TableStatus === 'ACTIVE') return;
    if (Date.now() > deadline) throw new Error(`it is still ${table?.TableStatus}`);
    await setTimeout(5);
  }
}
