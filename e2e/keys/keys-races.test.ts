import {
  createKey,
  createTeam,
  type Deployment,
  deleteTeam,
  type Endpoints,
  listKeys,
  localEndpoints,
  moveTeam,
  openDeployment,
  readAccess,
  revokeKey,
  rotateKey,
} from '@org/admin';
import { accessKey } from '@org/table';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { startSystem } from '../harness.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

async function start() {
  const { gateway } = await startSystem('counted');
  let now = noon;
  const endpoints = await localEndpoints(gateway.url, 'counted-dev');
  const open = async (through: Endpoints): Promise<Deployment> => {
    const deployment = await openDeployment(configs.counted, through, () => now);
    onTestFinished(() => deployment.close());
    return deployment;
  };
  const deployment = await open(endpoints);
  await createTeam(deployment, 'acme', 'few');
  return {
    deployment,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    /** A deployment in which something happens just before a command's key joins its plan. */
    interrupted(happening: () => Promise<unknown>): Promise<Deployment> {
      const inner = new NodeHttpHandler();
      let happened = false;
      const requestHandler = {
        handle: async (...[request, options]: Parameters<NodeHttpHandler['handle']>) => {
          if (!happened && request.method === 'POST' && request.path.endsWith('/keys')) {
            happened = true;
            await happening();
          }
          return inner.handle(request, options);
        },
      };
      return open((service) => {
        const settings = { ...endpoints(service), requestHandler };
        return settings;
      });
    },
  };
}

const app = { name: 'app', team: 'acme' };
const keysOf = async (deployment: Deployment) =>
  (await listKeys(deployment)).filter(({ team }) => team === 'acme');

test('a key that is being made while its team moves ends up in the new plan', async () => {
  const { deployment, interrupted } = await start();
  const command = await interrupted(() => moveTeam(deployment, 'acme', 'tokens'));
  const key = await createKey(command, app);
  expect(key.plan).toBe('tokens');
  expect(await readAccess(deployment, key.id)).toMatchObject({ plan: 'tokens' });
});

test('a key that is being made while its team is deleted goes with it', async () => {
  const { deployment, interrupted } = await start();
  const command = await interrupted(() => deleteTeam(deployment, 'acme'));
  await expect(createKey(command, app)).rejects.toThrow();
  expect(await keysOf(deployment)).toEqual([]);
});

test('revoking a key while it is being made leaves no key', async () => {
  const { deployment, interrupted } = await start();
  const command = await interrupted(() => revokeKey(deployment, { name: 'app' }));
  await expect(createKey(command, app)).rejects.toMatchObject({ code: 'key_was_removed' });
  expect(await keysOf(deployment)).toEqual([]);
});

test('a command that was silent for two minutes loses its name to the next', async () => {
  const { deployment, interrupted, pass } = await start();
  const made: string[] = [];
  const command = await interrupted(async () => {
    await expect(createKey(deployment, app)).rejects.toMatchObject({ code: 'key_is_being_made' });
    pass(120_001);
    made.push((await createKey(deployment, app)).id);
  });
  await expect(createKey(command, app)).rejects.toThrow();
  expect(await keysOf(deployment)).toMatchObject([{ id: made[0], state: 'active' }]);
});

test('a key that API Gateway has lost does not keep its team from moving', async () => {
  const { deployment } = await start();
  const lost = await createKey(deployment, app);
  const other = await createKey(deployment, { name: 'other', team: 'acme' });
  await deployment.apiKeys.delete(lost.id);
  expect(await moveTeam(deployment, 'acme', 'tokens')).toBe(2);
  expect(await readAccess(deployment, other.id)).toMatchObject({ plan: 'tokens' });
});

test('of two rotations at once, one is asked to wait', async () => {
  const { deployment, interrupted } = await start();
  await createKey(deployment, app);
  const rotation = { name: 'app', overlap: 3_600_000 };
  const command = await interrupted(() =>
    expect(rotateKey(deployment, rotation)).rejects.toMatchObject({ code: 'key_is_being_made' }),
  );
  await rotateKey(command, rotation);
  expect(await keysOf(deployment)).toMatchObject([{ state: 'active' }, { state: 'ending', replaced: true }]);
});

test('of two rotations of a key of the config under two names, one gives way', async () => {
  const { deployment, interrupted } = await start();
  const rotation = { name: 'shared-key', overlap: 3_600_000 };
  const made = async () =>
    (await listKeys(deployment)).filter(({ team, source }) => team === 'sharing' && source === 'run-time');
  const command = await interrupted(() => rotateKey(deployment, { ...rotation, as: 'shared-first' }));
  await expect(rotateKey(command, { ...rotation, as: 'shared-second' })).rejects.toMatchObject({
    code: 'key_is_being_made',
  });
  expect(await made()).toMatchObject([{ name: 'shared-first', state: 'active' }]);
  await expect(rotateKey(deployment, { ...rotation, as: 'shared-third' })).rejects.toMatchObject({
    code: 'key_was_replaced',
    data: { by: 'shared-first' },
  });

  // At the same moment: never two, and the refused can try again.
  await revokeKey(deployment, { name: 'shared-first' });
  await Promise.allSettled(['a', 'b', 'c'].map((as) => rotateKey(deployment, { ...rotation, as })));
  const left = await made();
  expect(left.length).toBeLessThanOrEqual(1);
  if (left.length === 0) await rotateKey(deployment, { ...rotation, as: 'a' });
});

test('a key whose limits are lost is not replaced by one without limits', async () => {
  const { deployment } = await start();
  const { id } = await createKey(deployment, app);
  await deployment.table.delete(accessKey(id));
  expect(await keysOf(deployment)).toMatchObject([{ name: 'app', state: 'incomplete' }]);
  await expect(rotateKey(deployment, { name: 'app', overlap: 'now' })).rejects.toThrow(/incomplete/);
  await revokeKey(deployment, { name: 'app' });
  await createKey(deployment, app);
});
