import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from './item.ts';
import { type ItemKey, keyAttributes } from './keys.ts';

/** The place of a table. */
export interface TableLocation {
  readonly client: DynamoDBClient;
  /** Its name. */
  readonly table: string;
}

/** Reads the current item; undefined if there is none. Rejects if the table cannot be read. */
export async function readItem(
  { client, table }: TableLocation,
  key: ItemKey,
  abortSignal?: AbortSignal,
): Promise<Item | undefined> {
  const command = new GetItemCommand({ TableName: table, Key: keyAttributes(key), ConsistentRead: true });
  const { Item: item } = await client.send(command, abortSignal && { abortSignal });
  return item;
}
