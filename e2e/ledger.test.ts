import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { QuotaExceededError } from '@org/bedrock-client';
import { AnswerSchema } from '@org/contract';
import type { Template } from '@org/local';
import { type Access, accessAttributes, accessKey, attributeValues, keyAttributes } from '@org/table';
import { expect, test } from 'vitest';
import { dynamoDbClient } from './dynamodb-client.ts';
import { editResources } from './edit-template.ts';
import { type System, startSystem } from './harness.ts';

test('an answer says what it cost and what is left', async () => {
  const { ask } = await startSystem('shipped');
  const reply = await ask('tollmkey');
  const { usage, limits } = AnswerSchema.parse(reply.json());
  // Llama 4 Maverick: 0.24 USD for a million input tokens, 0.97 for a million output tokens.
  const microUsd = Math.ceil(usage.inputTokens * 0.24 + usage.outputTokens * 0.97);
  expect(usage.costUsd).toBe(microUsd / 1_000_000);
  const resetsAt = '2026-12-01T00:00:00.000Z';
  const month = { period: 'month', scope: 'team', resetsAt };
  expect(limits).toEqual([
    { limit: 'requests', ...month, max: 100, used: 1, remaining: 99 },
    {
      limit: 'tokens',
      ...month,
      max: 500_000,
      used: usage.totalTokens,
      remaining: 500_000 - usage.totalTokens,
    },
    { limit: 'usd', ...month, max: 0.25, used: usage.costUsd, remaining: (250_000 - microUsd) / 1_000_000 },
  ]);
  expect(Object.fromEntries([...reply.headers].filter(([name]) => name.startsWith('x-ratelimit')))).toEqual({
    'x-ratelimit-limit-requests': '100',
    'x-ratelimit-remaining-requests': '99',
    'x-ratelimit-reset-requests': resetsAt,
    'x-ratelimit-limit-tokens': '500000',
    'x-ratelimit-remaining-tokens': String(500_000 - usage.totalTokens),
    'x-ratelimit-reset-tokens': resetsAt,
  });
});

test("after the month's last request comes an error with the numbers, and the team can still see its usage", async () => {
  const { ask, client: clientOf, setTime } = await startSystem('shipped');
  for (let request = 0; request < 100; request += 1) {
    setTime(new Date(Date.UTC(2026, 10, 22, 12, 0, request)).toISOString());
    expect((await ask('tollmkey')).status).toBe(200);
  }
  const { client, requests } = clientOf('tollmkey');
  const error = await client.ask('llama', 'What is a dystopia').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(QuotaExceededError);
  expect(error).toMatchObject({
    limit: 'requests',
    period: 'month',
    scope: 'team',
    max: 100,
    used: 100,
    resetsAt: new Date('2026-12-01T00:00:00Z'),
    retryable: false,
  });
  expect(requests()).toBe(1);

  // Refused calls count in API Gateway's quota, which must not come first.
  for (let refusal = 0; refusal < 30; refusal += 1) {
    expect((await ask('tollmkey')).error().details).toMatchObject({ max: 100, used: 100 });
  }
  const { limits } = await client.usage();
  expect(limits[0]).toMatchObject({ limit: 'requests', max: 100, used: 100, remaining: 0 });
  expect((await ask('research-key')).status).toBe(200);

  setTime('2026-12-01T00:00:00.000Z');
  expect((await ask('tollmkey')).status).toBe(200);
});

test('the keys of a team share its limits, and a key may have its own on top', async () => {
  const { ask } = await startSystem('counted');
  for (const key of ['shared-key', 'other-key', 'other-key']) expect((await ask(key)).status).toBe(200);
  expect((await ask('other-key')).error()).toMatchObject({
    code: 'quota_exceeded',
    details: { limit: 'requests', scope: 'key', max: 2 },
  });
  for (let more = 0; more < 2; more += 1) expect((await ask('shared-key')).status).toBe(200);
  expect((await ask('shared-key')).error().details).toMatchObject({
    limit: 'requests',
    scope: 'team',
    max: 5,
  });
});

test('calls that are refused before they reach Bedrock cost nothing', async () => {
  const { ask, client } = await startSystem('counted');
  for (const fields of [{ model: 'gpt' }, { question: '' }, { maxTokens: 99_999 }])
    await ask('shared-key', fields);
  const { limits } = await client('shared-key').client.usage();
  expect(limits.every(({ used }) => used === 0)).toBe(true);
});

/** Adds to the template what the control plane of API Gateway adds at run time: a key in the plan of another one. */
function withRunTimeKey(template: Template): Template {
  const [planKey] = Object.values(template.Resources).filter(
    ({ Type }) => Type === 'AWS::ApiGateway::UsagePlanKey',
  );
  return {
    ...template,
    Resources: {
      ...template.Resources,
      RunTimeKey: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Name: 'run-time-key', Enabled: true } },
      RunTimePlanKey: {
        Type: 'AWS::ApiGateway::UsagePlanKey',
        Properties: { ...planKey?.Properties, KeyId: { Ref: 'RunTimeKey' } },
      },
    },
  };
}

async function writeKeyItem(system: System, access: Access): Promise<void> {
  const id = system.gateway.apiKeys.find(({ name }) => name === 'run-time-key')?.id ?? '';
  const [table] = system.gateway.tables;
  const client = dynamoDbClient(system.dynamodb.url);
  await client.send(
    new PutItemCommand({
      TableName: table?.name,
      Item: { ...keyAttributes(accessKey(id)), ...attributeValues(accessAttributes(access)) },
    }),
  );
  client.destroy();
}

test('a key made at run time finds its team in the table, and is asked for once a minute at most', async () => {
  const system = await startSystem('counted', { editTemplate: withRunTimeKey });
  expect((await system.ask('run-time-key')).error().code).toBe('unauthenticated');

  await writeKeyItem(system, { team: 'newcomers', plan: 'few', limits: { tokens: { day: 100_000 } } });
  const { limits } = AnswerSchema.parse((await system.ask('run-time-key')).json());
  expect(limits.map(({ limit, scope, max }) => [limit, scope, max])).toEqual([
    ['tokens', 'key', 100_000],
    ['requests', 'team', 5],
  ]);
  const reads = system.dynamodb.requests['GetItem'];
  for (let more = 0; more < 4; more += 1) expect((await system.ask('run-time-key')).status).toBe(200);
  expect(system.dynamodb.requests['GetItem']).toBe(reads);
  expect((await system.ask('run-time-key')).error().details).toMatchObject({ scope: 'team', max: 5 });
  expect((await system.ask('shared-key')).status).toBe(200);
});

test('a key made at run time for a team of the config has the plan that the config says', async () => {
  const system = await startSystem('counted', { editTemplate: withRunTimeKey });
  await writeKeyItem(system, { team: 'sharing', plan: 'nonsense' });
  for (let request = 0; request < 5; request += 1)
    expect((await system.ask('run-time-key')).status).toBe(200);
  expect((await system.ask('shared-key')).error().code).toBe('quota_exceeded');
});

test('where nobody can tell whose key it is, nobody is let in', async () => {
  const system = await startSystem('counted', { editTemplate: withRunTimeKey });
  await writeKeyItem(system, { team: 'newcomers', plan: 'few' });
  system.dynamodb.failNext({ kind: 'reset' });
  expect((await system.ask('run-time-key')).error().code).toBe('limits_unavailable');
  expect(system.bedrock.received).toEqual([]);
});

test('a hold that may have been written is not tried again, so that it is not written twice', async () => {
  const { client: clientOf, dynamodb } = await startSystem('counted');
  const { client, requests } = clientOf('shared-key');
  dynamodb.failNext({ kind: 'reset-after' });
  await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({
    code: 'limits_unavailable',
    retryable: false,
  });
  expect(requests()).toBe(1);

  dynamodb.failNext({ kind: 'exception', name: 'ThrottlingException' });
  expect(await client.ask('llama', 'Hi')).toMatchObject({ attempts: 2 });
});

test('looking at the limits may be tried again after any failure, for it writes nothing', async () => {
  const { client: clientOf, dynamodb } = await startSystem('counted');
  dynamodb.failNext({ kind: 'reset' });
  expect(await clientOf('shared-key').client.usage()).toMatchObject({ attempts: 2 });
});

test('one write to hold and one to settle, for the team and for a key with limits of its own', async () => {
  const system = await startSystem('counted');
  await system.ask('shared-key');
  expect(system.dynamodb.requests).toMatchObject({ UpdateItem: 2 });
  await system.ask('other-key');
  expect(system.dynamodb.requests).toMatchObject({ UpdateItem: 2 + 4 });
  expect(system.dynamodb.requests['GetItem']).toBeUndefined();
});

test('a function without its table does not start', async () => {
  const { ask } = await startSystem('counted', {
    editTemplate: editResources('AWS::Lambda::Function', (properties) => {
      const environment = properties['Environment'];
      const variables =
        typeof environment === 'object' && environment !== null ? Reflect.get(environment, 'Variables') : {};
      const { PROXY_TABLE: _removed, ...rest } = variables;
      return { ...properties, Environment: { Variables: rest } };
    }),
  });
  expect((await ask('shared-key')).error().code).toBe('internal');
});
