import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

/** A write of one attribute, with which each of the ledger's writes is compared. */
export function bareUpdate(client: DynamoDBClient, table: string): Promise<unknown> {
  return client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { pk: { S: 'bare' }, sk: { S: 'all' } },
      UpdateExpression: 'ADD #used :one',
      ExpressionAttributeNames: { '#used': 'used' },
      ExpressionAttributeValues: { ':one': { N: '1' } },
    }),
  );
}
