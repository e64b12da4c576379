import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from './item.ts';
import { type ItemKey, keyAttributes } from './keys.ts';

/** The place of a table. */
export interface TableLocation {
  readonly client: DynamoDBClient;
  /** Its name. */
  readonly table: string;
}

/**
 * Reads an item; undefined if there is none. Rejects if the table cannot be read.
 *
 * @param consistent Whether it must be the current one. Without it, a read costs half, and the newest write may be missing.
 *   Default: true.
 */
export async function readItem(
  { client, table }: TableLocation,
  key: ItemKey,
  abortSignal?: AbortSignal,
  consistent = true,
): Promise<Item | undefined> {
  const command = new GetItemCommand({
    TableName: table,
    Key: keyAttributes(key),
    ConsistentRead: consistent,
  });
  const { Item: item } = await client.send(command, abortSignal && { abortSignal });
  return item;
}
