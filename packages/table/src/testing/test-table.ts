// For packages that type-check this file as a dependency.
/// <reference path="./dynalite.d.ts" />
import { once } from 'node:events';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import dynalite from 'dynalite';

export const tableName = 'counters';

export interface TestTable {
  readonly url: string;
  readonly client: DynamoDBClient;
  /** Operations that the server received, in order. */
  readonly operations: string[];
  close(): void;
}

export function clientFor(url: string): DynamoDBClient {
  return new DynamoDBClient({
    region: 'us-east-1',
    endpoint: url,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ httpAgent: { maxSockets: 100 } }),
  });
}

/** Makes the table as the stack does, and waits until it can be used. */
export async function createTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  // The SDK's waiter depends on a clock that a test may have stopped.
  while (!(await isActive(client))) await new Promise(setImmediate);
}

async function isActive(client: DynamoDBClient): Promise<boolean> {
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  return table?.TableStatus === 'ACTIVE';
}

/** A table like the stack's, on its own DynamoDB server. */
export async function startTestTable(): Promise<TestTable> {
  const server = dynalite({ createTableMs: 0 });
  // On a busy machine a client would use a connection that the server is closing.
  Object.assign(server, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });
  const operations: string[] = [];
  server.prependListener('request', ({ headers }) => {
    operations.push(String(headers['x-amz-target']).replace(/^.*\./, ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The DynamoDB server has no port.');
  const url = `http://127.0.0.1:${address.port}`;
  const client = clientFor(url);
  await createTable(client);
  operations.length = 0;
  return {
    url,
    client,
    operations,
    close: () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}
