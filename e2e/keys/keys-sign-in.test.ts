import { APIGatewayClient, CreateApiKeyCommand, GetApiKeysCommand } from '@aws-sdk/client-api-gateway';
import {
  createKey,
  createTeam,
  type Deployment,
  deleteTeam,
  listKeys,
  localEndpoints,
  moveTeam,
  openDeployment,
  rotateKey,
} from '@org/admin';
import { parseProxyConfig } from '@org/infra/config';
import { accessKey, readItem, SignInItem, signInKey } from '@org/table';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { dynamoDbClient } from '../dynamodb-client.ts';
import { startSystem } from '../harness.ts';

const withSignIn = parseProxyConfig({
  ...configs.counted,
  signIn: { issuer: 'https://login.example.com', audience: 'bedrock-proxy' },
});

/** A deployment whose teams have keys for their signed-in callers, and access to try those keys. */
async function start() {
  const { gateway, dynamodb, send } = await startSystem('counted');
  const endpoints = await localEndpoints(gateway.url, 'counted-dev');
  const open = async (config: typeof withSignIn): Promise<Deployment> => {
    const deployment = await openDeployment(config, endpoints, () => Date.parse('2026-11-22T12:00:00Z'));
    onTestFinished(() => deployment.close());
    return deployment;
  };
  const client = dynamoDbClient(dynamodb.url);
  onTestFinished(() => client.destroy());
  const apiGateway = new APIGatewayClient(endpoints('api_gateway'));
  onTestFinished(() => apiGateway.destroy());
  const location = { client, table: gateway.tables[0]?.name ?? '' };
  return {
    apiGateway,
    deployment: await open(withSignIn),
    /** The same deployment, with a config that no longer has sign-in. */
    withoutSignIn: () => open(configs.counted),
    endpoints,
    gateway,
    /** The key that the authorizer would find for a team. */
    async keyOf(team: string) {
      const item = await readItem(location, signInKey(team));
      return item && SignInItem.parse(item).value;
    },
    hasAccess: async (keyId: string) => (await readItem(location, accessKey(keyId))) !== undefined,
    async signInKeys() {
      const { items = [] } = await apiGateway.send(
        new GetApiKeysCommand({ includeValues: true, limit: 500 }),
      );
      return items.filter(({ name }) => name?.endsWith('-sign-in'));
    },
    async ask(key = '') {
      const body = { model: 'llama', question: 'What is a dystopia', maxTokens: 10 };
      const reply = await send({ key, body });
      return reply.status === 200 ? reply.json() : reply.error();
    },
  };
}

test('a team made at run time has a key for its signed-in callers, on its plan, and it goes with the team', async () => {
  const { ask, deployment, gateway, keyOf } = await start();
  await createTeam(deployment, 'acme', 'few');
  const key = await keyOf('acme');
  expect(await ask(key)).toMatchObject({ limits: [{ limit: 'requests', max: 5 }] });
  // It is not listed, so it is not given out.
  expect((await listKeys(deployment)).filter(({ team }) => team === 'acme')).toEqual([]);

  await moveTeam(deployment, 'acme', 'tokens');
  await gateway.killFunctions();
  expect(await keyOf('acme')).toBe(key);
  expect(await ask(key)).toMatchObject({ limits: [{ limit: 'tokens', max: 2000 }] });

  await deleteTeam(deployment, 'acme');
  expect(await keyOf('acme')).toBeUndefined();
  expect(await ask(key)).toMatchObject({ code: 'unauthenticated' });
});

test('a key of the right name and description that somebody else made is deleted, and never used', async () => {
  const { apiGateway, ask, deployment, keyOf, signInKeys } = await start();
  // Made by somebody who may only make API keys in the account.
  const { id = '', value } = await apiGateway.send(
    new CreateApiKeyCommand({
      name: 'counted-dev-acme-sign-in',
      description: 'counted-dev: signed-in callers of team acme',
      enabled: true,
    }),
  );
  await createTeam(deployment, 'acme', 'few');
  expect(await keyOf('acme')).not.toBe(value);
  expect(await ask(value)).toMatchObject({ code: 'unauthenticated' });
  expect(await ask(await keyOf('acme'))).toMatchObject({ limits: [{ limit: 'requests', max: 5 }] });
  expect((await signInKeys()).map((key) => key.id)).not.toContain(id);
  expect(await signInKeys()).toHaveLength(1);
});

test('a key of the right name but another purpose is left alone, as is its team', async () => {
  const { apiGateway, deployment, keyOf, signInKeys } = await start();
  // The team "acme" of a deployment "counted", or the one of "dev-acme", has a key of this name too.
  const others = ['counted: signed-in callers of team dev-acme', 'of another app', undefined];
  for (const description of others) {
    await apiGateway.send(
      new CreateApiKeyCommand({ name: 'counted-dev-acme-sign-in', description, enabled: true }),
    );
  }
  await createTeam(deployment, 'acme', 'few');
  await deleteTeam(deployment, 'acme');
  expect((await signInKeys()).map(({ description }) => description)).toEqual(others);
  expect(await keyOf('acme')).toBeUndefined();
});

test('a key to give out cannot have the name of one for signed-in callers', async () => {
  const { deployment } = await start();
  await createTeam(deployment, 'interns', 'few');
  const refused = { code: 'invalid_name', data: { rule: expect.stringContaining('-sign-in') } };
  const name = 'counted-dev-acme-sign-in';
  await expect(createKey(deployment, { name, team: 'interns' })).rejects.toMatchObject(refused);
  const rotated = rotateKey(deployment, { name: 'shared-key', overlap: 'now', as: name });
  await expect(rotated).rejects.toMatchObject(refused);
});

test('a team that is deleted after sign-in was turned off takes its key along', async () => {
  const { ask, deployment, keyOf, signInKeys, withoutSignIn } = await start();
  await createTeam(deployment, 'acme', 'few');
  const key = await keyOf('acme');
  await deleteTeam(await withoutSignIn(), 'acme');
  expect(await keyOf('acme')).toBeUndefined();
  expect(await signInKeys()).toEqual([]);
  expect(await ask(key)).toMatchObject({ code: 'unauthenticated' });
});

test('if several commands make one team at once, each succeeds, and the team has one key', async () => {
  const { ask, deployment, keyOf, signInKeys } = await start();
  await Promise.all(Array.from({ length: 6 }, () => createTeam(deployment, 'acme', 'few')));
  expect((await signInKeys()).map(({ value }) => value)).toEqual([await keyOf('acme')]);
  expect(await ask(await keyOf('acme'))).toMatchObject({ limits: [{ limit: 'requests', max: 5 }] });
});

test('a team that is deleted while its key is made leaves none behind', async () => {
  const { deployment, endpoints, hasAccess, keyOf, signInKeys } = await start();
  const inner = new NodeHttpHandler();
  const made: string[] = [];
  const requestHandler = {
    handle: async (...[request, options]: Parameters<NodeHttpHandler['handle']>) => {
      if (request.method === 'POST' && request.path.endsWith('/keys')) {
        made.push(...(await signInKeys()).flatMap(({ id }) => id ?? []));
        if (made.length === 1) await deleteTeam(deployment, 'acme');
      }
      return inner.handle(request, options);
    },
  };
  const interrupted = await openDeployment(
    withSignIn,
    (service) => ({ ...endpoints(service), requestHandler }),
    deployment.now,
  );
  onTestFinished(() => interrupted.close());
  await expect(createTeam(interrupted, 'acme', 'few')).rejects.toMatchObject({ code: 'team_was_deleted' });
  expect(await keyOf('acme')).toBeUndefined();
  expect(await signInKeys()).toEqual([]);
  for (const id of made) expect(await hasAccess(id)).toBe(false);
});
