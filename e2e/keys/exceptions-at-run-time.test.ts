import { changeLimits, listChanges, listLimits, localEndpoints, openDeployment } from '@org/admin';
import { issuerEnvironment, setUpSignIn, startIssuer } from '@org/local/oidc';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { type System, startSystem } from '../harness.ts';
import { commandLine } from './command-line.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

async function start() {
  const issuer = await startIssuer();
  onTestFinished(() => issuer.close());
  const system = await startSystem('membered', { environment: issuerEnvironment(issuer) });
  await setUpSignIn(system.gateway, issuer, configs.membered);
  const proxy = await commandLine(new URL(system.gateway.url).origin, configs.membered, () => noon);
  const askAs = async (sub: string, fields: object = {}) =>
    system.send({
      headers: { authorization: `Bearer ${await issuer.issue('thrifty', { sub })}` },
      body: { model: 'llama', question: 'Hi', ...fields },
    });
  const askFor = (customer: string, fields: object = {}) =>
    system.send({
      key: system.keyValue('hasty-key'),
      body: { model: 'llama', question: 'Hi', customer, ...fields },
    });
  return { system, proxy, askAs, askFor };
}

/** New functions, which read the table again, as every function does after a minute. */
const afterAMinute = ({ gateway }: System) => gateway.killFunctions();

async function open({ gateway }: System) {
  const endpoints = await localEndpoints(gateway.url, 'membered-dev');
  const deployment = await openDeployment(configs.membered, endpoints, () => noon);
  onTestFinished(() => deployment.close());
  return deployment;
}

test('one person gets more for an afternoon, and everybody else has what the plan says', async () => {
  const { system, proxy, askAs } = await start();
  const raised = await proxy(
    ...[
      'limits',
      'raise',
      '--team',
      'thrifty',
      '--person',
      'ann',
      '--limit',
      'requests/day=4',
      '--until',
      '4h',
    ],
  );
  expect(raised.stderr).toContain(
    'The limits of the person ann of the team thrifty in membered-dev (local gateway',
  );
  expect(raised.stderr).toContain(
    'were 2 requests/day, and are 4 requests/day until 2026-11-22T16:00:00.000Z.',
  );
  for (const status of [200, 200, 200, 200, 429]) expect((await askAs('ann')).status).toBe(status);
  for (const status of [200, 200, 429]) expect((await askAs('bob')).status).toBe(status);
  system.setTime('2026-11-22T16:00:00Z');
  expect((await askAs('ann')).error()).toMatchObject({ details: { scope: 'person', max: 2, used: 4 } });
});

test('a customer by its mail address, and a model, have their own limits until they are cleared, and it is recorded', async () => {
  const { system, proxy, askFor } = await start();
  const mail = 'ann@example.com';
  const id = 'sha256:71d4f55f72fa128dfb468a1a3901507c';
  const of = ['--team', 'hasty', '--customer', mail];
  await proxy('limits', 'set', ...of, '--limit', 'requests/day=3');
  await proxy('limits', 'set', '--team', 'hasty', '--model', 'llama', '--limit', 'requests/day=4');
  for (const status of [200, 200, 200]) expect((await askFor(mail)).status).toBe(status);
  expect((await askFor(mail)).error()).toMatchObject({ details: { scope: 'customer', max: 3 } });
  expect((await askFor('shop')).status).toBe(200);
  expect((await askFor('bank')).error()).toMatchObject({ details: { scope: 'model', max: 4, used: 4 } });
  const usage = await system.send({ key: system.keyValue('hasty-key'), method: 'GET', path: '/usage' });
  expect(usage.json()).toMatchObject({
    limits: expect.arrayContaining([expect.objectContaining({ scope: 'model', model: 'llama', max: 4 })]),
  });

  expect((await proxy('limits', 'list', ...of)).stdout.split('\n').slice(1)).toEqual([
    expect.stringMatching(new RegExp(`^hasty +customer ${id} +3 requests/day +1 request/day$`)),
  ]);
  expect((await proxy('limits', 'list')).stdout).toContain('model llama');
  await proxy('limits', 'clear', ...of);
  await afterAMinute(system);
  expect((await askFor(mail)).error()).toMatchObject({ details: { scope: 'customer', max: 1, used: 3 } });
  expect((await proxy('limits', 'list')).stdout).not.toContain(id);

  const { stdout } = await proxy('audit', '--team', 'hasty', '--json');
  const records: unknown = JSON.parse(stdout);
  expect(records).toHaveLength(3);
  // All at one moment, so in any order.
  for (const record of [
    { action: 'limits set', customer: id, from: { limits: { requests: { day: 1 } } } },
    { action: 'limits set', model: 'llama', to: { limits: { requests: { day: 4 } } } },
    { action: 'limits clear', customer: id, to: { limits: { requests: { day: 1 } } } },
  ])
    expect(records).toContainEqual(expect.objectContaining(record));
  expect(stdout).not.toContain(mail);
});

test('of many operators at once none loses an exception of a person', async () => {
  const { system } = await start();
  const team = 'thrifty';
  const operators = await Promise.all(Array.from({ length: 5 }, () => open(system)));
  const set = (max: number) => ({ action: 'set', limits: { requests: { day: max } } }) as const;
  await Promise.all(
    operators.flatMap((deployment, index) => [
      changeLimits(deployment, { team, member: { kind: 'person', name: `ann-${index}` } }, set(10 + index)),
      changeLimits(deployment, { team, member: { kind: 'person', name: 'shared' } }, set(20 + index)),
      ...(index === 0 ? [changeLimits(deployment, { team }, set(50))] : []),
    ]),
  );
  const [first] = operators;
  if (!first) throw new Error('There is no operator.');
  const present = async () => {
    const records = await listLimits(first, { team, members: true, keys: false });
    return records.map(({ scope, inForce }) => [scope.id, inForce?.requests?.day]);
  };
  expect(await present()).toEqual([
    ['thrifty', 50],
    ...operators.map((_, index) => [`ann-${index}`, 10 + index]),
    ['shared', expect.any(Number)],
  ]);
  expect(await listChanges(first, { team })).toHaveLength(11);
  await Promise.all(
    operators.map((deployment, index) =>
      changeLimits(
        deployment,
        { team, member: { kind: 'person', name: `ann-${index}` } },
        { action: 'clear' },
      ),
    ),
  );
  expect(await present()).toEqual([
    ['thrifty', 50],
    ['shared', expect.any(Number)],
  ]);
});

test('a team that is deleted takes the exceptions of its customers along', async () => {
  const { system, proxy } = await start();
  const deployment = await open(system);
  const plan = configs.membered.teams['hasty']?.plan ?? '';
  const customer = ['--team', 'acme', '--customer', 'shop', '--limit', 'requests/day=9'];
  await proxy('teams', 'create', 'acme', '--plan', plan);
  expect((await proxy('limits', 'set', ...customer)).code).toBe(0);
  await proxy('teams', 'delete', 'acme', '--yes');
  await proxy('teams', 'create', 'acme', '--plan', plan);
  expect(await listLimits(deployment, { team: 'acme', members: true, keys: false })).toHaveLength(1);
  await proxy('limits', 'set', '--team', 'acme', '--customer', 'bank', '--limit', 'requests/day=2');
  const [, ...members] = await listLimits(deployment, { team: 'acme', members: true, keys: false });
  expect(members.map(({ scope }) => scope.id)).toEqual(['bank']);
});
