import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { concurrently } from '@org/admin';
import type { LimitKind } from '@org/contract';
import {
  type Attributes,
  accessAttributes,
  accessKey,
  attributeValues,
  committedAttribute,
  countersKey,
  type ItemKey,
  keyAttributes,
  keyNameKey,
  teamKey,
  teamListKey,
} from '@org/table';
import { dynamoDbClient } from '../dynamodb-client.ts';
import type { System } from '../harness.ts';

/** Most items of one write. */
const mostItems = 25;

/** The twelve months up to November 2026. */
const months = Array.from({ length: 12 }, (_, back) =>
  new Date(Date.UTC(2026, 10 - back, 1)).toISOString().slice(0, 7),
);

export const teamName = (index: number) => `team-${String(index).padStart(4, '0')}`;

/**
 * Teams and keys as they are in the table after a year of use, written there without their commands. Every eighth team is near
 * its limit of requests in a month.
 */
export async function writeManyTeams(
  { gateway, dynamodb }: System,
  counts: { readonly teams: number; readonly keys: number; readonly plan: string; readonly most: number },
): Promise<void> {
  const { teams, keys, plan, most } = counts;
  const createdAt = '2025-12-01T00:00:00.000Z';
  const items: [ItemKey, Attributes][] = [];
  for (let index = 0; index < teams; index += 1) {
    const name = teamName(index);
    items.push([teamKey(name), { plan, createdAt }], [teamListKey(name), {}]);
    const requests = index % 8 === 0 ? Math.floor(most * 0.9) : index % Math.floor(most / 2);
    for (const month of months) {
      const used = { requests, tokens: requests * 50, usd: requests * 100 } satisfies Record<
        LimitKind,
        number
      >;
      const counters = Object.entries(used).map(([kind, amount]) => [
        committedAttribute(kind as LimitKind, { period: 'month', number: 0 }),
        amount,
      ]);
      items.push([countersKey({ kind: 'team', id: name }, month), Object.fromEntries(counters)]);
    }
  }
  for (let index = 0; index < keys; index += 1) {
    const [name, team, keyId] = [`key-${index}`, teamName(index % teams), `id${index}`];
    items.push(
      [keyNameKey(name), { team, keyId }],
      [accessKey(keyId), accessAttributes({ name, team, plan, createdAt })],
    );
  }
  const client = dynamoDbClient(dynamodb.url);
  const [table] = gateway.tables;
  if (!table) throw new Error('The deployment has no table.');
  const writes = Array.from({ length: Math.ceil(items.length / mostItems) }, (_, write) =>
    items.slice(write * mostItems, (write + 1) * mostItems),
  );
  await concurrently(writes, (some) =>
    client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [table.name]: some.map(([key, attributes]) => ({
            PutRequest: { Item: { ...keyAttributes(key), ...attributeValues(attributes) } },
          })),
        },
      }),
    ),
  );
  client.destroy();
}
