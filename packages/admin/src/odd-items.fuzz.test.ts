import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { oddText, runs } from '@org/lambda/testing/fuzz';
import {
  accessKey,
  attributeValues,
  countersKey,
  type Item,
  type ItemKey,
  keyAttributes,
  keyNameKey,
  listOf,
  planKey,
  teamKey,
  teamListKey,
} from '@org/table';
import { startTestTable, tableName } from '@org/table/testing/test-table';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { ApiKeys } from './aws/api-keys.ts';
import { UsagePlans } from './aws/usage-plans.ts';
import type { Deployment } from './deployment.ts';
import { listKeys } from './keys/keys.ts';
import { listPlans } from './plans/list-plans.ts';
import { Table } from './table.ts';
import { listTeams } from './teams/teams.ts';
import { usageReport } from './usage-report.ts';

/** A deployment whose table somebody else wrote into; API Gateway is not asked. */
async function start() {
  const table = await startTestTable();
  onTestFinished(() => table.close());
  const apiGateway = new APIGatewayClient({ region: 'us-east-1' });
  const deployment: Deployment = {
    name: 'bedrock-proxy-dev',
    stack: 'bedrock-proxy-dev',
    account: undefined,
    config: parseProxyConfig(shipped),
    apiKeys: new ApiKeys(apiGateway),
    endpoint: 'http://127.0.0.1:1/dev',
    apiId: 'a1b2c3d4e5',
    alarmTopicArn: undefined,
    noticeTopicArn: undefined,
    endpoints: () => ({ region: 'us-east-1', maxAttempts: 1 }),
    plans: new UsagePlans(apiGateway, {
      stackName: 'bedrock-proxy-dev',
      apiId: 'a1b2c3d4e5',
      stage: 'dev',
      recordedId: async () => undefined,
    }),
    table: new Table(table.client, tableName),
    configKeyIds: new Map(),
    now: () => Date.parse('2026-11-22T12:00:00Z'),
    operator: async () => 'operator',
    close: () => {},
  };
  const put = async (key: ItemKey, attributes: Item) => {
    const Item = { ...attributes, ...keyAttributes(key) };
    await table.client.send(new PutItemCommand({ TableName: tableName, Item }));
  };
  return { deployment, put };
}

const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  oddText.map((S) => ({ S })),
  fc.constantFrom<AttributeValue[]>(
    { S: 'acme' },
    { S: 'twin' },
    { S: 'not json' },
    { S: '{}' },
    { S: '9'.repeat(3000) },
  ),
  fc.constantFrom<AttributeValue[]>(
    { N: '0' },
    { N: '-1' },
    { N: '1e99' },
    { N: '0.5' },
    { N: '99999999999999' },
  ),
  fc.constantFrom<AttributeValue[]>({ NULL: true }, { BOOL: false }, { L: [] }, { M: {} }, { SS: ['a'] }),
);

const attributes = fc.dictionary(
  fc.constantFrom(
    ...['team', 'plan', 'limits', 'countedAs', 'until', 'name', 'createdAt', 'keyId', 'run', 'runAt'],
    ...['access', 'guards', 'version', 'usagePlan', 'closing'],
    ...['mr', 'mt', 'mu', 'd22r', 'd22t', 'd22h120t', 'd22s30u', 'expires'],
  ),
  value,
);

// No part of an item's key is empty.
const name = fc.oneof(fc.constantFrom('acme', 'app', 'app#made', 'twin', '#'), oddText.filter(Boolean));
const place: fc.Arbitrary<ItemKey> = fc.oneof(
  name.map(keyNameKey),
  name.map(accessKey),
  name.map(teamKey),
  name.map(teamListKey),
  name.map(planKey),
  fc
    .tuple(fc.constantFrom('team' as const, 'key' as const), name)
    .map(([kind, id]) => countersKey({ kind, id }, '2026-11')),
  fc.tuple(fc.constantFrom(listOf.keys, listOf.teams), name).map(([pk, sk]) => ({ pk, sk })),
);

const guards = JSON.stringify({ throttle: { rate: 1, burst: 1 }, quota: { limit: 1, period: 'DAY' } });
const sound: readonly (readonly [ItemKey, Parameters<typeof attributeValues>[0]])[] = [
  [teamKey('initech'), { plan: 'starter', createdAt: '2026-11-01T00:00:00.000Z' }],
  [teamListKey('initech'), {}],
  [planKey('gold'), { access: '{"models":["titan"]}', guards, version: 1, createdAt: '2026-11-01' }],
  [keyNameKey('sound'), { team: 'initech', keyId: 'soundid' }],
  [accessKey('soundid'), { team: 'initech', plan: 'starter', name: 'sound' }],
  [countersKey({ kind: 'team', id: 'initech' }, '2026-11'), { mr: 7, d22r: 3 }],
];

test('whatever odd items are in the table, all others are listed', async () => {
  const { deployment, put } = await start();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(place, attributes), { maxLength: 6 }), async (odd) => {
      try {
        for (const [key, item] of odd) await put(key, item);
        // Last, so that these items are correct.
        for (const [key, item] of sound) await put(key, attributeValues(item));
        const keys = await listKeys(deployment);
        expect(keys).toContainEqual(
          expect.objectContaining({ name: 'sound', id: 'soundid', team: 'initech', state: 'active' }),
        );
        const teams = await listTeams(deployment);
        expect(teams).toContainEqual(expect.objectContaining({ name: 'initech', plan: 'starter' }));
        expect(await listPlans(deployment)).toContainEqual(
          expect.objectContaining({ name: 'gold', plan: expect.objectContaining({ models: ['titan'] }) }),
        );
        const { usage } = await usageReport(deployment, {});
        expect(usage.map(({ team }) => team)).toEqual(teams.map(({ name: team }) => team));
        expect(usage.find(({ team }) => team === 'initech')?.used.month?.requests).toBe(7);
        for (const team of new Set(keys.map(({ team: owner }) => owner))) {
          if (teams.some((each) => each.name === team)) await usageReport(deployment, { team });
        }
        for (const { endsAt } of keys) if (endsAt) expect(new Date(endsAt).toISOString()).toBe(endsAt);
      } finally {
        for (const [key] of [...odd, ...sound]) await deployment.table.delete(key);
      }
    }),
    runs(30),
  );
});
