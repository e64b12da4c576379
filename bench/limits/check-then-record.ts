import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Ledger } from '@org/lambda/ledger/ledger';
import { boundsOf } from '@org/lambda/ledger/scope';
import { ProxyError } from '@org/lambda/proxy-error';

/**
 * Limits with check and record as two steps: read the usage, let the call through if there is room, and
 * add its cost when it is done. Only for comparison; it counts requests.
 */
export function checkThenRecord(client: DynamoDBClient, table: string): Omit<Ledger, 'room'> {
  return {
    async hold({ scopes: [scope], worstCase }, { hold: signal }) {
      if (!scope) throw new Error('This ledger needs a scope.');
      const key = { pk: { S: `naive#${scope.id}` }, sk: { S: 'all' } };
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
        { abortSignal: signal },
      );
      const used = Number(item?.['used']?.N ?? 0);
      const [bound] = boundsOf(scope);
      if (bound && used + worstCase[bound.limit] > bound.max)
        throw new ProxyError({ code: 'quota_exceeded' });
      return {
        worstCase,
        limits: async () => [],
        async settle(charge, settleSignal) {
          await client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: key,
              UpdateExpression: 'ADD #used :cost',
              ExpressionAttributeNames: { '#used': 'used' },
              ExpressionAttributeValues: { ':cost': { N: String(charge.requests) } },
            }),
            { abortSignal: settleSignal },
          );
          return { limits: [], nearlyReached: [] };
        },
      };
    },
    usage: async () => ({ limits: [] }),
  };
}
