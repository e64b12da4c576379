import { createTeam, deleteTeam, listKeys, localEndpoints, moveTeam, openDeployment } from '@org/admin';
import { parseProxyConfig } from '@org/infra/config';
import { readItem, SignInItem, signInKey } from '@org/table';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { dynamoDbClient } from '../dynamodb-client.ts';
import { startSystem } from '../harness.ts';

test('a team made at run time has a key for its signed-in callers, on its plan, and it goes with the team', async () => {
  const { gateway, dynamodb, send } = await startSystem('counted');
  const config = parseProxyConfig({
    ...configs.counted,
    signIn: { issuer: 'https://login.example.com', audience: 'bedrock-proxy' },
  });
  const now = () => Date.parse('2026-11-22T12:00:00Z');
  const deployment = await openDeployment(config, await localEndpoints(gateway.url, 'counted-dev'), now);
  onTestFinished(() => deployment.close());
  const client = dynamoDbClient(dynamodb.url);
  onTestFinished(() => client.destroy());
  const teamKey = async () => {
    const [table] = gateway.tables;
    const item = await readItem({ client, table: table?.name ?? '' }, signInKey('acme'));
    return item && SignInItem.parse(item).value;
  };
  const ask = async (key = '') => {
    const body = { model: 'llama', question: 'What is a dystopia', maxTokens: 10 };
    const reply = await send({ key, body });
    return reply.status === 200 ? reply.json() : reply.error();
  };

  await createTeam(deployment, 'acme', 'few');
  const key = await teamKey();
  expect(await ask(key)).toMatchObject({ limits: [{ limit: 'requests', max: 5 }] });
  // It is nobody's to give out.
  expect((await listKeys(deployment)).filter(({ team }) => team === 'acme')).toEqual([]);

  await moveTeam(deployment, 'acme', 'tokens');
  await gateway.killFunctions();
  expect(await teamKey()).toBe(key);
  expect(await ask(key)).toMatchObject({ limits: [{ limit: 'tokens', max: 2000 }] });

  await deleteTeam(deployment, 'acme');
  expect(await teamKey()).toBeUndefined();
  expect(await ask(key)).toMatchObject({ code: 'unauthenticated' });
});
