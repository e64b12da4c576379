import {
  APIGatewayClient,
  GetApiKeysCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
} from '@aws-sdk/client-api-gateway';
import {
  createKey,
  createTeam,
  type Deployment,
  deleteTeam,
  type Endpoints,
  listKeys,
  listTeams,
  localEndpoints,
  moveTeam,
  openDeployment,
  readAccess,
  revokeKey,
  rotateKey,
} from '@org/admin';
import { type ProxyConfig, parseProxyConfig } from '@org/infra/config';
import { SignInItem, signInKey } from '@org/table';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { type System, startSystem } from '../harness.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

/** When a command that died has been silent for long enough. */
const later = noon + 3 * 60_000;

/** Whether the request that a command dies over arrives; either way it never hears of it, and asks for nothing more. */
type Death = 'before its request' | 'after its request';

const { counted } = configs;
const withSignIn = parseProxyConfig({
  ...counted,
  signIn: { issuer: 'https://login.example.com', audience: 'bedrock-proxy' },
});

/** A deployment as a command sees it that dies over its nth request. */
async function mortal(config: ProxyConfig, death: Death, lastRequest: number) {
  const inner = new NodeHttpHandler();
  let requests = 0;
  const requestHandler = {
    handle: async (...call: Parameters<NodeHttpHandler['handle']>) => {
      requests += 1;
      if (requests < lastRequest) return inner.handle(...call);
      if (requests === lastRequest && death === 'after its request') await inner.handle(...call);
      throw new Error('The command died.');
    },
  };
  const deployment = await openDeployment(
    config,
    (service) => {
      const settings = { ...endpoints(service), requestHandler, maxAttempts: 1 };
      // Finding the deployment changes nothing.
      return service === 'cloudformation' ? endpoints(service) : settings;
    },
    () => noon,
  );
  onTestFinished(() => deployment.close());
  return deployment;
}

let system: System;
let endpoints: Endpoints;

async function start(config: ProxyConfig): Promise<Deployment> {
  system = await startSystem('counted');
  endpoints = await localEndpoints(system.gateway.url, 'counted-dev');
  const deployment = await openDeployment(config, endpoints, () => later);
  onTestFinished(() => deployment.close());
  return deployment;
}

interface UsableKey {
  readonly id: string;
  readonly name: string;
  /** Name of the plan. */
  readonly plan: string;
}

const isForSignIn = ({ name }: Pick<UsableKey, 'name'>) => name.endsWith('-sign-in');

/** The keys made at run time that API Gateway would let through, but for those of signed-in callers. */
const usableKeys = async () => (await allUsableKeys()).filter((key) => !isForSignIn(key));

/** The keys made at run time that API Gateway would let through. */
async function allUsableKeys(): Promise<UsableKey[]> {
  const client = new APIGatewayClient(endpoints('api_gateway'));
  onTestFinished(() => client.destroy());
  const [{ items: keys = [] }, { items: plans = [] }] = await Promise.all([
    client.send(new GetApiKeysCommand({ limit: 500 })),
    client.send(new GetUsagePlansCommand({})),
  ]);
  const members = await Promise.all(
    plans.map(async ({ id: usagePlanId, name = '' }) => {
      const { items = [] } = await client.send(new GetUsagePlanKeysCommand({ usagePlanId, limit: 500 }));
      return items.map(({ id = '' }) => ({ id, plan: name.replace('counted-dev-', '') }));
    }),
  );
  const fromConfig = ['shared-key', 'other-key', 'thrifty-key'];
  return members.flat().flatMap(({ id, plan }) => {
    const key = keys.find((each) => each.id === id);
    return key?.enabled && !fromConfig.includes(key.name ?? '') ? [{ id, name: key.name ?? '', plan }] : [];
  });
}

/** No key is let through whose team, plan and limits nobody knows. */
async function expectNoUnlimitedKey(deployment: Deployment): Promise<void> {
  for (const { id } of await allUsableKeys()) {
    const access = await readAccess(deployment, id);
    // Without an item the function refuses it.
    if (access) expect(access).toMatchObject({ team: 'acme', plan: expect.stringMatching(/few|tokens/) });
  }
}

/** Each team made at run time has one key for its signed-in callers, where there are any, which the authorizer finds. */
async function expectOneSignInKeyEach(deployment: Deployment): Promise<void> {
  const teams = (await listTeams(deployment)).filter(({ source }) => source === 'run-time');
  const expected = await Promise.all(
    (deployment.config.signIn ? teams : []).map(async ({ name, plan }) => {
      const item = await deployment.table.get(signInKey(name));
      return { id: item && SignInItem.parse(item).keyId, plan };
    }),
  );
  const usable = (await allUsableKeys()).filter(isForSignIn);
  expect(usable.map(({ id, plan }) => ({ id, plan }))).toEqual(expected);
}

const made = { name: 'app', team: 'acme' };

const commands: readonly {
  readonly name: string;
  readonly prepare: (deployment: Deployment) => Promise<unknown>;
  readonly run: (deployment: Deployment) => Promise<unknown>;
  readonly check: (deployment: Deployment) => Promise<void>;
}[] = [
  {
    name: 'teams create',
    prepare: async () => {},
    run: (deployment) => createTeam(deployment, 'acme', 'few'),
    check: async (deployment) => {
      expect(await listTeams(deployment)).toContainEqual(
        expect.objectContaining({ name: 'acme', plan: 'few', source: 'run-time' }),
      );
    },
  },
  {
    name: 'keys create',
    prepare: (deployment) => createTeam(deployment, 'acme', 'few'),
    run: (deployment) => createKey(deployment, made),
    check: async () => {
      expect(await usableKeys()).toMatchObject([{ name: 'app', plan: 'few' }]);
    },
  },
  {
    name: 'keys rotate',
    prepare: async (deployment) => {
      await createTeam(deployment, 'acme', 'few');
      await createKey(deployment, made);
    },
    run: (deployment) => rotateKey(deployment, { name: 'app', overlap: 3_600_000 }),
    check: async (deployment) => {
      const keys = (await listKeys(deployment)).filter(({ name }) => name === 'app');
      const active = keys.filter(({ state }) => state === 'active');
      expect(active).toMatchObject([{ replaced: false }]);
      // Whatever else works has an end.
      expect(keys.filter(({ state }) => state !== 'active' && state !== 'ending')).toEqual([]);
      const known = keys.map(({ id }) => id).toSorted();
      expect((await usableKeys()).map(({ id }) => id).toSorted()).toEqual(known);
    },
  },
  {
    name: 'keys revoke',
    prepare: async (deployment) => {
      await createTeam(deployment, 'acme', 'few');
      await createKey(deployment, made);
      await rotateKey(deployment, { name: 'app', overlap: 3_600_000 });
    },
    run: (deployment) => revokeKey(deployment, { name: 'app' }),
    check: async (deployment) => {
      expect(await usableKeys()).toEqual([]);
      expect((await listKeys(deployment)).filter(({ name }) => name === 'app')).toEqual([]);
    },
  },
  {
    name: 'teams move',
    prepare: async (deployment) => {
      await createTeam(deployment, 'acme', 'few');
      await createKey(deployment, made);
      await createKey(deployment, { name: 'other', team: 'acme' });
    },
    run: (deployment) => moveTeam(deployment, 'acme', 'tokens'),
    check: async (deployment) => {
      const usable = await usableKeys();
      expect(usable.map(({ name, plan }) => [name, plan]).toSorted()).toEqual([
        ['app', 'tokens'],
        ['other', 'tokens'],
      ]);
      for (const { id } of usable) expect(await readAccess(deployment, id)).toMatchObject({ plan: 'tokens' });
    },
  },
  {
    name: 'teams delete',
    prepare: async (deployment) => {
      await createTeam(deployment, 'acme', 'few');
      await createKey(deployment, made);
    },
    run: (deployment) => deleteTeam(deployment, 'acme'),
    check: async (deployment) => {
      expect(await usableKeys()).toEqual([]);
      expect((await listTeams(deployment)).map(({ name }) => name)).not.toContain('acme');
    },
  },
];

const gone = /There is no (?:key|team)|already/;

const everyCommand = [
  ...commands.map((command) => ({ ...command, where: 'without sign-in', config: counted })),
  ...commands
    .filter(({ name }) => name.startsWith('teams'))
    .map((command) => ({ ...command, where: 'with sign-in', config: withSignIn })),
];

test.each(everyCommand)(
  '$name, $where, can die over any of its requests: no key is without limits, and running it again finishes it',
  async ({ prepare, run, check, config }) => {
    const deployment = await start(config);
    for (const death of ['before its request', 'after its request'] as const) {
      for (let request = 1; ; request += 1) {
        await prepare(deployment);
        const dying = await mortal(config, death, request);
        const died = await run(dying).then(
          () => false,
          () => true,
        );
        await expectNoUnlimitedKey(deployment);
        // It may have died over its last request, when all was done.
        await run(deployment).catch((error: Error) => expect(error.message).toMatch(gone));
        await check(deployment);
        await expectOneSignInKeyEach(deployment);
        await expectNoUnlimitedKey(deployment);
        await deleteTeam(deployment, 'acme').catch((error: Error) => expect(error.message).toMatch(gone));
        expect(await allUsableKeys()).toEqual([]);
        expect(await deployment.table.get(signInKey('acme'))).toBeUndefined();
        if (!died) break;
        expect(request).toBeLessThan(40);
      }
    }
  },
);
