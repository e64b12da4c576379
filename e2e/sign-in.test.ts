import {
  APIGatewayClient,
  CreateApiKeyCommand,
  DeleteApiKeyCommand,
  GetApiKeysCommand,
} from '@aws-sdk/client-api-gateway';
import {
  createTeam,
  deleteTeam,
  listTeams,
  localEndpoints,
  moveTeam,
  openDeployment,
  readAccess,
  syncSignInKeys,
} from '@org/admin';
import { createBedrockClient, PermissionDeniedError } from '@org/bedrock-client';
import { type ErrorCode, errorDefinition } from '@org/contract';
import { type ProxyConfig, parseProxyConfig } from '@org/infra/config';
import { issuerEnvironment, type LocalIssuer, setUpSignIn, startIssuer } from '@org/local/oidc';
import { signInKey } from '@org/table';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { type ConfigName, configs } from './configs.ts';
import { type Reply, type SharedSystem, sharedSystems, startSystem } from './harness.ts';

interface SignedIn {
  readonly issuer: LocalIssuer;
  /** Asks llama something with these headers. */
  askWith(headers: Readonly<Record<string, string>>, path?: string): Promise<Reply>;
  /** Asks llama something with a token. */
  askAs(token: string, path?: string): Promise<Reply>;
}

async function start(name: ConfigName = 'signed-in') {
  const issuer = await startIssuer();
  onTestFinished(() => issuer.close());
  const system = await startSystem(name, { environment: issuerEnvironment(issuer) });
  await setUpSignIn(system.gateway, issuer, configs[name]);
  return signedIn(system, issuer);
}

const sharedIssuer = await startIssuer();
afterAll(() => sharedIssuer.close());
const shared = sharedSystems(issuerEnvironment(sharedIssuer));
let setUp: Promise<void> | undefined;

/** The deployment for tests that count and change nothing. */
async function share() {
  const system = await shared('signed-in');
  setUp ??= setUpSignIn(system.gateway, sharedIssuer, configs['signed-in']);
  await setUp;
  return signedIn(system, sharedIssuer);
}

function signedIn<Shared extends SharedSystem>(system: Shared, issuer: LocalIssuer): Shared & SignedIn {
  const askWith = (headers: Readonly<Record<string, string>>, path = '/bedrock') =>
    system.send({ path, headers, body: { model: 'llama', question: 'What is a dystopia' } });
  return {
    ...system,
    issuer,
    askWith,
    askAs: (token, path) => askWith({ authorization: `Bearer ${token}` }, path),
  };
}

const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;
const claims = {
  iss: 'https://login.example.com/tenant',
  aud: 'bedrock-proxy',
  groups: 'Thrifty People',
};
const { privateKey: foreignKey } = await generateKeyPair('ES256');

type Make = (issuer: LocalIssuer) => string | Promise<string>;

const refused: readonly (readonly [name: string, code: ErrorCode, make: Make])[] = [
  ['expired', 'unauthenticated', (issuer) => issuer.issue('thrifty', { exp: seconds(-60) })],
  ['without an end', 'unauthenticated', (issuer) => issuer.issue('thrifty', { exp: undefined })],
  ['not yet valid', 'unauthenticated', (issuer) => issuer.issue('thrifty', { nbf: seconds(60) })],
  [
    'of another issuer',
    'unauthenticated',
    (issuer) => issuer.issue('thrifty', { iss: 'https://other.example.com' }),
  ],
  ['for another audience', 'unauthenticated', (issuer) => issuer.issue('thrifty', { aud: 'another-app' })],
  [
    'that somebody else signed',
    'unauthenticated',
    () =>
      new SignJWT({ ...claims, exp: seconds(60) })
        .setProtectedHeader({ alg: 'ES256', kid: 'local' })
        .sign(foreignKey),
  ],
  [
    'without a signature',
    'unauthenticated',
    () => new UnsecuredJWT({ ...claims, exp: seconds(60) }).encode(),
  ],
  [
    'signed with the public key as a secret',
    'unauthenticated',
    async ({ jwksUrl }) => {
      const secret = new TextEncoder().encode(await (await fetch(jwksUrl)).text());
      return new SignJWT({ ...claims, exp: seconds(60) })
        .setProtectedHeader({ alg: 'HS256', kid: 'local' })
        .sign(secret);
    },
  ],
  ['of an unknown key', 'unauthenticated', (issuer) => issuer.issue('thrifty', {}, { kid: 'unknown' })],
  ['that is three words', 'unauthenticated', () => 'not.a.token'],
  ['that is an unknown API key', 'unauthenticated', () => 'this-key-was-never-issued'],
  ['without the claim', 'access_denied', (issuer) => issuer.issue('thrifty', { groups: undefined })],
  [
    'of a group that is not a team',
    'access_denied',
    (issuer) => issuer.issue('thrifty', { groups: ['Everyone'] }),
  ],
  ['of a team that has no key', 'access_denied', (issuer) => issuer.issue('ghosts')],
];

test.each(refused)('a token %s is refused, as %s, before any model is asked', async (_name, code, make) => {
  const { askAs, bedrock, issuer } = await share();
  const token = await make(issuer);
  for (const path of ['/bedrock', '/bedrock/stream']) {
    const reply = await askAs(token, path);
    const { status, type, message } = errorDefinition(code);
    expect(reply.status).toBe(status);
    expect(reply.error()).toMatchObject({ code, type, message });
    expect(reply.headers.get('x-should-retry')).toBe('false');
    expect(reply.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  }
  expect(bedrock.received).toEqual([]);
});

test('a caller without any credential is refused', async () => {
  const { askWith } = await share();
  expect((await askWith({})).error().code).toBe('unauthenticated');
  expect((await askWith({ authorization: 'Basic dXNlcjpwYXNz' })).error().code).toBe('unauthenticated');
});

test('a token longer than the limit of all headers does not get through', async () => {
  const { askAs, issuer, bedrock } = await share();
  const statuses: number[] = [];
  for (const bytes of [9000, 15_000]) {
    const token = await issuer.issue('thrifty', { padding: 'x'.repeat(bytes) });
    statuses.push((await askAs(token)).status);
  }
  // The second does not even reach the gateway.
  expect(statuses).toEqual([401, 431]);
  expect(bedrock.received).toEqual([]);
});

test.each(['/bedrock', '/bedrock/stream'])(
  'at %s a token, a key, and a key as a bearer token are answered',
  async (path) => {
    const { askAs, askWith, issuer, keyValue } = await start();
    const key = keyValue('thrifty-key');
    const replies = [
      await askAs(await issuer.issue('thrifty'), path),
      await askWith({ 'x-api-key': key }, path),
      await askAs(key, path),
    ];
    for (const reply of replies) {
      expect(reply.status).toBe(200);
      expect(reply.text).toContain('end_turn');
    }
  },
);

test('signed-in callers and keys of a team share its limits, and leave those of other teams alone', async () => {
  const { askAs, askWith, issuer, keyValue } = await start();
  const thrifty = await issuer.issue('thrifty');
  const used = [
    await askAs(thrifty),
    await askWith({ 'x-api-key': keyValue('thrifty-key') }),
    await askAs(await issuer.issue('thrifty', { sub: 'another-person' })),
  ];
  expect(used.map(({ status }) => status)).toEqual([200, 200, 200]);

  const over = [await askAs(thrifty), await askWith({ 'x-api-key': keyValue('thrifty-key') })];
  for (const reply of over)
    expect(reply.error()).toMatchObject({
      code: 'quota_exceeded',
      details: { limit: 'requests', max: 3, used: 3 },
    });
  expect((await askAs(await issuer.issue('hasty'))).status).toBe(200);
});

test("signed-in callers of a team have its plan's throttle, apart from that of its keys", async () => {
  const { askAs, askWith, issuer, keyValue, setTime } = await start();
  const token = await issuer.issue('hasty');
  const burst = await Promise.all([askAs(token), askAs(token), askAs(token)]);
  expect(burst.map(({ status }) => status).toSorted()).toEqual([200, 200, 429]);
  expect(burst.find(({ status }) => status === 429)?.error().code).toBe('rate_limited');
  expect((await askWith({ 'x-api-key': keyValue('hasty-key') })).status).toBe(200);
  setTime('2026-11-22T12:00:01Z');
  expect((await askAs(token)).status).toBe(200);
});

test("each caller asks the models of its own team's plan", async () => {
  const { issuer, send } = await share();
  const models = async (team: string) => {
    const authorization = `Bearer ${await issuer.issue(team)}`;
    return (await send({ method: 'GET', path: '/models', headers: { authorization } })).text;
  };
  expect(await models('thrifty')).not.toContain('titan');
  expect(await models('hasty')).toContain('titan');
});

test('the client sends a token as it sends a key, and recognizes a sign-in without a team', async () => {
  const { issuer, url } = await start();
  const client = (team: string) => createBedrockClient({ baseUrl: url, apiKey: () => issuer.issue(team) });
  expect((await client('thrifty').ask('llama', 'What is a dystopia')).text).toContain('dystopia');
  const denied = client('ghosts').ask('llama', 'What is a dystopia');
  await expect(denied).rejects.toBeInstanceOf(PermissionDeniedError);
  await expect(denied).rejects.toMatchObject({ code: 'access_denied', status: 403, attempts: 1 });
});

test('the access token of a user pool of the deployment stands for its group', async () => {
  const { askAs, issuer } = await start('user-pool');
  expect((await askAs(await issuer.issue('toll'))).status).toBe(200);
  for (const [overrides, code] of [
    [{ token_use: 'id', aud: 'client' }, 'unauthenticated'],
    [{ client_id: 'another-client' }, 'unauthenticated'],
    [{ 'cognito:groups': ['no-team'] }, 'access_denied'],
  ] as const)
    expect((await askAs(await issuer.issue('toll', overrides))).error().code).toBe(code);
});

test('if the issuer cannot be reached, tokens fail and may be tried again, and keys still work', async () => {
  const { askAs, askWith, issuer, keyValue } = await start();
  const token = await issuer.issue('thrifty');
  await issuer.close();
  const reply = await askAs(token);
  expect(reply.status).toBe(500);
  expect(reply.error().code).toBe('internal');
  expect(reply.headers.get('x-should-retry')).toBe('true');
  expect((await askWith({ 'x-api-key': keyValue('thrifty-key') })).status).toBe(200);
});

test('if the table cannot be read, every token is refused', async () => {
  const { askAs, issuer, dynamodb } = await start();
  dynamodb.failEvery({ kind: 'reset' });
  expect((await askAs(await issuer.issue('thrifty'))).status).toBe(500);
});

test("the issuer's keys and the team's key are read once a minute, not once a request", async () => {
  const { askAs, issuer, dynamodb } = await start();
  const token = await issuer.issue('hasty');
  await askAs(token);
  const reads = dynamodb.requests['GetItem'];
  await askAs(token);
  expect(issuer.keyRequests).toBe(1);
  expect(dynamodb.requests['GetItem']).toBe(reads);
});

async function withKeys() {
  const system = await start();
  const endpoints = await localEndpoints(system.gateway.url, 'signed-in-dev');
  /** The deployment with another config. */
  const open = async (config: ProxyConfig) => {
    const deployment = await openDeployment(config, endpoints, Date.now);
    onTestFinished(() => deployment.close());
    return deployment;
  };
  const apiGateway = new APIGatewayClient(endpoints('api_gateway'));
  onTestFinished(() => apiGateway.destroy());
  return {
    ...system,
    apiGateway,
    open,
    deployment: await open(configs['signed-in']),
    async signInKeys() {
      const { items = [] } = await apiGateway.send(new GetApiKeysCommand({ includeValues: true }));
      return items.filter(({ name }) => name?.endsWith('-sign-in'));
    },
    /** Lets a minute pass, after which the functions' caches are stale. */
    forget: () => system.gateway.killFunctions(),
  };
}

test('each team has one key for its signed-in callers, after any number of deployments', async () => {
  const { deployment, signInKeys } = await withKeys();
  const before = await signInKeys();
  expect(before.map(({ name }) => name).toSorted()).toEqual([
    'signed-in-dev-hasty-sign-in',
    'signed-in-dev-thrifty-sign-in',
  ]);
  await syncSignInKeys(deployment);
  expect(await signInKeys()).toEqual(before);
});

test('a team made at run time can be signed in for, on its own plan', async () => {
  const { askAs, deployment, forget, issuer } = await withKeys();
  const token = await issuer.issue('ghosts');
  expect((await askAs(token)).error().code).toBe('access_denied');
  await createTeam(deployment, 'ghosts', 'few');
  await forget();
  const replies = [await askAs(token), await askAs(token), await askAs(token), await askAs(token)];
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
});

test('the key of a team of the config does not keep a plan: it ends with the team', async () => {
  const { deployment, signInKeys } = await withKeys();
  await createTeam(deployment, 'ghosts', 'few');
  const ids = (await signInKeys()).map(({ id = '' }) => id);
  const accesses = await Promise.all(ids.map((id) => readAccess(deployment, id)));
  expect(new Map(accesses.map((access) => [access?.team, access?.plan]))).toEqual(
    new Map([
      ['thrifty', undefined],
      ['hasty', undefined],
      ['ghosts', 'few'],
    ]),
  );
});

test('a team that moves to another plan takes its signed-in callers along', async () => {
  const { askAs, deployment, forget, issuer, signInKeys } = await withKeys();
  await createTeam(deployment, 'ghosts', 'few');
  const before = await signInKeys();
  await moveTeam(deployment, 'ghosts', 'hasty');
  await forget();
  expect((await signInKeys()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  const token = await issuer.issue('ghosts');
  const burst = await Promise.all([askAs(token), askAs(token), askAs(token)]);
  expect(burst.map(({ status }) => status).toSorted()).toEqual([200, 200, 429]);
});

test('a key that was deleted is refused, and made again', async () => {
  const { apiGateway, askAs, deployment, forget, issuer, signInKeys } = await withKeys();
  const token = await issuer.issue('hasty');
  expect((await askAs(token)).status).toBe(200);
  const key = (await signInKeys()).find(({ name }) => name?.includes('hasty'));
  await apiGateway.send(new DeleteApiKeyCommand({ apiKey: key?.id }));
  expect((await askAs(token)).error().code).toBe('unauthenticated');
  await syncSignInKeys(deployment);
  await forget();
  expect((await askAs(token)).status).toBe(200);
  expect((await signInKeys()).map(({ id }) => id)).not.toContain(key?.id);
});

test('signed-in callers of a team that is deleted are denied', async () => {
  const { askAs, deployment, forget, issuer, signInKeys } = await withKeys();
  await createTeam(deployment, 'ghosts', 'few');
  const token = await issuer.issue('ghosts');
  expect((await askAs(token)).status).toBe(200);
  await deleteTeam(deployment, 'ghosts');
  await forget();
  expect((await askAs(token)).error().code).toBe('access_denied');
  expect(await signInKeys()).toHaveLength(2);
});

test('a deployment that turns sign-in on also makes keys for teams made at run time', async () => {
  const { apiGateway, askAs, deployment, forget, issuer, open, signInKeys } = await withKeys();
  const withoutSignIn = await open(parseProxyConfig({ ...configs['signed-in'], signIn: undefined }));
  await createTeam(withoutSignIn, 'ghosts', 'few');
  const token = await issuer.issue('ghosts');
  expect((await askAs(token)).error().code).toBe('access_denied');
  // Somebody has prepared for this.
  const planted = {
    name: 'signed-in-dev-ghosts-sign-in',
    description: 'signed-in-dev: signed-in callers of team ghosts',
  };
  const { id } = await apiGateway.send(new CreateApiKeyCommand(planted));
  await syncSignInKeys(deployment);
  await forget();
  expect((await askAs(token)).status).toBe(200);
  expect((await signInKeys()).map((key) => key.id)).not.toContain(id);
});

test('a deployment without sign-in removes the keys of signed-in callers, and their values', async () => {
  const { deployment, open, signInKeys } = await withKeys();
  await createTeam(deployment, 'ghosts', 'few');
  const keys = await signInKeys();
  await syncSignInKeys(await open(parseProxyConfig({ ...configs['signed-in'], signIn: undefined })));
  expect(await signInKeys()).toEqual([]);
  for (const team of ['thrifty', 'hasty', 'ghosts'])
    expect(await deployment.table.get(signInKey(team))).toBeUndefined();
  for (const { id = '' } of keys) expect(await readAccess(deployment, id)).toBeUndefined();
  // It says nothing about the teams themselves.
  expect((await listTeams(deployment)).map(({ name }) => name)).toContain('ghosts');
});

test('a deployment removes the key of a team that has left the config, and no other', async () => {
  const { deployment, open, signInKeys } = await withKeys();
  const { hasty: _, ...teams } = configs['signed-in'].teams;
  await syncSignInKeys(await open(parseProxyConfig({ ...configs['signed-in'], teams })));
  expect((await signInKeys()).map(({ name }) => name)).toEqual(['signed-in-dev-thrifty-sign-in']);
  expect(await deployment.table.get(signInKey('hasty'))).toBeUndefined();
});

test('a plan that is not deployed is an error that says so', async () => {
  const { open } = await withKeys();
  const { plans } = configs['signed-in'];
  const deployment = await open(
    parseProxyConfig({ ...configs['signed-in'], plans: { ...plans, free: plans['few'] } }),
  );
  await expect(createTeam(deployment, 'ghosts', 'free')).rejects.toMatchObject({
    code: 'plan_is_not_deployed',
    data: { plan: 'free' },
  });
});

test('a request with a token leaves two lines and one with a key one, without token or key, and of a person only the id', async () => {
  const { askAs, askWith, gateway, issuer, keyValue, logs, dynamodb } = await start();
  const good = await issuer.issue('thrifty', {
    sub: 'person-1',
    email: 'canary@example.com',
    jti: 'canary-jti',
  });
  const bad = await issuer.issue('thrifty', { sub: 'person-1', exp: seconds(-60), aud: 'canary-aud' });
  const denied = await issuer.issue('ghosts', { sub: 'person-1', groups: ['canary-group'] });
  await askAs(good);
  await askAs(bad);
  await askAs(denied);
  await askWith({ 'x-api-key': keyValue('thrifty-key') });
  dynamodb.failEvery({ kind: 'reset' });
  await askAs(await issuer.issue('hasty', { sub: 'person-1' }));

  const text = logs.join('\n');
  const signatures = [good, bad, denied].flatMap((token) => token.split('.').slice(1));
  for (const secret of ['canary', ...signatures, ...gateway.apiKeys.map(({ value }) => value)])
    expect(text).not.toContain(secret);
  const lines = logs.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  expect(lines.filter(({ message }) => message === 'authorization')).toMatchObject([
    { outcome: 'token', team: 'thrifty' },
    { outcome: 'refused', reason: 'expired' },
    { outcome: 'refused', reason: 'no_team' },
    { outcome: 'failed' },
  ]);
  expect(lines.filter(({ message }) => message === 'request')).toMatchObject([
    { team: 'thrifty', person: 'person-1', status: 200 },
    { team: 'thrifty', status: 200 },
  ]);
});
