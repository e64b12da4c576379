import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { localCredentials } from '@org/admin/local-gateway';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { bareUpdate } from '../measure/bare-update.ts';

/** Where to write. */
export interface WriteTarget {
  readonly dynamodbUrl: string;
  readonly region: string;
  readonly table: string;
}

/** Two bare `UpdateItem`s, one after the other: as many writes as a call under limits makes. */
export function bareWrites({ dynamodbUrl, region, table }: WriteTarget): () => Promise<void> {
  const client = new DynamoDBClient({
    endpoint: dynamodbUrl,
    region,
    credentials: localCredentials,
    requestHandler: new NodeHttpHandler({ httpAgent: { maxSockets: Infinity } }),
  });
  return async () => {
    await bareUpdate(client, table);
    await bareUpdate(client, table);
  };
}
