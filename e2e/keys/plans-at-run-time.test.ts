import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APIGatewayClient, DeleteUsagePlanCommand, GetUsagePlansCommand } from '@aws-sdk/client-api-gateway';
import {
  adoptPlans,
  createKey,
  createPlan,
  createTeam,
  type Deployment,
  deletePlan,
  listChanges,
  listPlans,
  localEndpoints,
  openDeployment,
  requirePlan,
  setPlan,
} from '@org/admin';
import { parseProxyConfig } from '@org/infra/config';
import { environmentVariables, type ProxyEnvironment } from '@org/lambda/environment';
import type { Template } from '@org/local';
import { startDynamoDb } from '@org/local/dynamodb';
import { planKey } from '@org/table';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { type System, startSystem } from '../harness.ts';
import { startBreakingGateway } from './breaking-gateway.ts';
import { commandLine } from './command-line.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
const plan = {
  throttle: { rate: 50, burst: 100 },
  quota: { limit: 1000, period: 'DAY' },
  models: ['llama'],
  limits: { requests: { day: 2 } },
  limitsPerCustomer: { requests: { day: 1 } },
};

async function start() {
  const system = await startSystem('counted');
  const proxy = await commandLine(new URL(system.gateway.url).origin, configs.counted, () => noon);
  return { system, proxy };
}

/** New functions, which read the table again, as every function does after a minute. */
const afterAMinute = ({ gateway }: System) => gateway.killFunctions();

async function open({ gateway }: System, config = configs.counted, now = noon): Promise<Deployment> {
  const endpoints = await localEndpoints(gateway.url, 'counted-dev');
  const deployment = await openDeployment(config, endpoints, () => now);
  onTestFinished(() => deployment.close());
  return deployment;
}

async function usagePlans({ gateway }: System) {
  const client = new APIGatewayClient((await localEndpoints(gateway.url, 'counted-dev'))('api_gateway'));
  onTestFinished(() => client.destroy());
  const { items = [] } = await client.send(new GetUsagePlansCommand({}));
  const made = items.filter(({ name }) => name?.endsWith(' at run time'));
  return { client, made };
}

const ask = (system: System, key: string, fields: object = {}) =>
  system.send({ key, body: { model: 'llama', question: 'What is a dystopia?', ...fields } });

test('a plan is made, given to a team, changed and deleted without a deployment, from the command line to the call', async () => {
  const { system, proxy } = await start();
  const created = await proxy('plans', 'create', 'gold', '--like', 'few', '--limit', 'requests/day=2');
  expect(created).toMatchObject({ code: 0 });
  expect(created.stderr).toContain(', with 2 requests/day. Each team on it can cost at most $');
  await proxy('teams', 'create', 'acme', '--plan', 'gold');
  const { stdout: key } = await proxy('keys', 'create', 'app', '--team', 'acme');
  for (const status of [200, 200]) expect((await ask(system, key)).status).toBe(status);
  expect((await ask(system, key)).error()).toMatchObject({ details: { scope: 'team', max: 2 } });

  expect((await proxy('plans', 'set', 'gold', '--limit', 'requests/day=3')).stderr).toContain(
    'had 2 requests/day, and has 3 requests/day.',
  );
  expect((await proxy('limits', 'list', '--team', 'acme')).stdout).toContain('3 requests/day');
  await afterAMinute(system);
  expect((await ask(system, key)).status).toBe(200);
  expect((await ask(system, key)).error()).toMatchObject({ details: { max: 3, used: 3 } });
  expect((await proxy('plans', 'list')).stdout).toMatch(
    /^gold +run time +1 +3 requests\/day +llama, nova-lite$/m,
  );

  expect((await proxy('plans', 'delete', 'gold', '--yes')).stderr).toContain(
    'Teams are on the plan gold: acme.',
  );
  expect((await ask(system, key)).error().code).toBe('quota_exceeded');
  await proxy('teams', 'move', 'acme', 'few');
  await afterAMinute(system);
  expect((await ask(system, key)).status).toBe(200);
  expect(await proxy('plans', 'delete', 'gold', '--yes')).toMatchObject({ code: 0 });
  expect((await usagePlans(system)).made).toEqual([]);
  expect((await proxy('teams', 'create', 'late', '--plan', 'gold')).stderr).toContain(
    'There is no plan "gold".',
  );
  const { stdout } = await proxy('audit', '--json');
  const records: { action: string; plan?: string }[] = JSON.parse(stdout);
  expect(records.flatMap(({ action, plan: name }) => (name === 'gold' ? [action] : [])).toSorted()).toEqual([
    'plans create',
    'plans delete',
    'plans set',
  ]);
});

test('a plan from a file has its limits of customers, its throttle and its quota', async () => {
  const { system, proxy } = await start();
  const directory = await mkdtemp(join(tmpdir(), 'plan-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'gold.json');
  await writeFile(file, JSON.stringify({ ...plan, quota: { limit: 4, period: 'DAY' } }));
  await proxy('plans', 'create', 'gold', '--from', file);
  await proxy('teams', 'create', 'acme', '--plan', 'gold');
  const { stdout: key } = await proxy('keys', 'create', 'app', '--team', 'acme');
  expect((await ask(system, key, { customer: 'shop' })).status).toBe(200);
  expect((await ask(system, key, { customer: 'shop' })).error()).toMatchObject({
    details: { scope: 'customer', max: 1 },
  });
  expect((await ask(system, key, { customer: 'bank' })).status).toBe(200);
  expect((await ask(system, key, { model: 'nova-lite' })).error().code).toBe('model_not_allowed');
  expect((await ask(system, key)).error()).toMatchObject({ code: 'quota_exceeded' });
  const shown = JSON.parse((await proxy('plans', 'show', 'gold')).stdout);
  expect(shown).toMatchObject({ ...plan, quota: { limit: 4, period: 'DAY', offset: 0 } });
  await writeFile(file, JSON.stringify({ ...shown, quota: { ...shown.quota, limit: 5 } }));
  await proxy('plans', 'set', 'gold', '--from', file);
  expect((await usagePlans(system)).made).toMatchObject([
    { quota: { limit: 5, period: 'DAY' }, throttle: { rateLimit: 50, burstLimit: 100 } },
  ]);
});

test.each<[what: string, authored: object, path: string]>([
  ['an unknown model', { ...plan, models: ['gpt'] }, 'models.0'],
  ['no throttle', { ...plan, throttle: undefined }, 'throttle'],
  ['a field of no plan', { ...plan, promptLog: true }, 'promptLog'],
  ['a limit of another model', { ...plan, limitsPerModel: { 'nova-lite': {} } }, 'limitsPerModel.nova-lite'],
  [
    'a guardrail that the function may not apply',
    { ...plan, guardrail: { id: 'gr1', version: '1' } },
    'guardrail.id',
  ],
])('a plan with %s is refused with the field, and nothing is made', async (_, authored, path) => {
  const { system } = await start();
  const deployment = await open(system);
  await expect(createPlan(deployment, 'gold', authored)).rejects.toMatchObject({
    code: 'invalid_plan',
    data: { issues: [expect.objectContaining({ path })] },
  });
  expect((await listPlans(deployment)).map(({ source }) => source)).toEqual(['config', 'config']);
});

test('the plans of the config are not made, changed or deleted here', async () => {
  const { system } = await start();
  const deployment = await open(system);
  for (const attempt of [
    createPlan(deployment, 'few', plan),
    setPlan(deployment, 'few', (present) => present),
    deletePlan(deployment, 'few'),
  ])
    await expect(attempt).rejects.toMatchObject({ code: 'plan_is_of_config' });
});

test('of many operators at once one makes a plan, none loses a change of it, and API Gateway has the last one', async () => {
  const { system } = await start();
  const operators = await Promise.all(Array.from({ length: 5 }, () => open(system)));
  const made = await Promise.allSettled(operators.map((deployment) => createPlan(deployment, 'gold', plan)));
  expect(made.filter((each) => each.status === 'fulfilled' && each.value)).toHaveLength(1);
  expect((await usagePlans(system)).made).toHaveLength(1);
  await Promise.all(
    operators.map((deployment, index) =>
      setPlan(deployment, 'gold', (present) => ({
        ...present,
        throttle: { ...present.throttle, rate: 10 + index },
        limits: {
          ...present.limits,
          tokens: { ...present.limits?.tokens, [windows[index] ?? 'day']: 100 + index },
        },
      })),
    ),
  );
  const [first] = operators;
  if (!first) throw new Error('There is no operator.');
  const present = await requirePlan(first, 'gold');
  expect(present.limits?.tokens).toEqual({ minute: 100, hour: 101, day: 102, week: 103, month: 104 });
  expect((await usagePlans(system)).made).toMatchObject([{ throttle: { rateLimit: present.throttle.rate } }]);
  expect(await listChanges(first, {})).toHaveLength(6);
});

const windows = ['minute', 'hour', 'day', 'week', 'month'] as const;

test('a plan that is deleted while teams join it is deleted without a team, or stays with them', async () => {
  const { system } = await start();
  const [one, other] = await Promise.all([open(system), open(system)]);
  for (let round = 0; round < 8; round += 1) {
    const name = `plan-${round}`;
    await createPlan(one, name, plan);
    const outcomes = await Promise.allSettled([
      deletePlan(one, name),
      createTeam(other, `team-${round}`, name),
    ]);
    const [deleted, joined] = outcomes.map(({ status }) => status === 'fulfilled');
    expect([deleted, joined]).not.toEqual([true, true]);
    const left = (await listPlans(one)).find((each) => each.name === name);
    expect(left?.teams).toEqual(deleted ? undefined : joined ? [`team-${round}`] : []);
  }
});

/** A deployment of the config from before it had the plan "tokens". */
const withoutTokens = parseProxyConfig({
  ...configs.counted,
  plans: { few: configs.counted.plans['few'] },
  teams: { sharing: configs.counted.teams['sharing'] },
});

function beforeTokens(template: Template): Template {
  const left = Object.entries(template.Resources).filter(([, { Properties: properties = {} }]) => {
    const { UsagePlanName: name, UsagePlanId: plan } = properties;
    return name !== 'counted-dev-tokens' && !(JSON.stringify(plan) ?? '').includes('Plantokens');
  });
  return { ...template, Resources: Object.fromEntries(left) };
}

test('a plan that is in a later config is handed over to it, and its keys go on', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'plans-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const dynamodb = await startDynamoDb();
  onTestFinished(() => dynamodb.close());
  const shared = { dynamodb, keyFile: join(directory, 'keys.json') };
  const environment: ProxyEnvironment = {
    metrics: 'test',
    models: ['llama', 'nova-lite'],
    plans: { few: { models: ['llama'] } },
    teams: { sharing: 'few' },
    keys: {},
  };
  const before = await startSystem('counted', {
    ...shared,
    editTemplate: beforeTokens,
    environment: { [environmentVariables.config]: JSON.stringify(environment) },
  });
  const earlier = await open(before, withoutTokens);
  await createPlan(earlier, 'tokens', plan);
  await createTeam(earlier, 'acme', 'tokens');
  const key = await createKey(earlier, { name: 'app', team: 'acme' });
  expect((await ask(before, key.value)).json()).toMatchObject({
    limits: expect.arrayContaining([expect.objectContaining({ limit: 'requests', max: 2 })]),
  });

  const after = await startSystem('counted', shared);
  const deployment = await open(after);
  const ofPlan = async () => (await listPlans(deployment)).filter(({ name }) => name === 'tokens');
  expect(await ofPlan()).toMatchObject([
    { source: 'config', teams: ['thrifty', 'acme'] },
    { source: 'run-time', teams: [], state: 'handed-over' },
  ]);
  // The limits of the config are in force at once.
  const asked = async () => (await ask(after, key.value)).json();
  expect(await asked()).toMatchObject({ limits: [{ limit: 'tokens', max: 2000 }] });
  expect((await usagePlans(after)).made).toHaveLength(1);
  await adoptPlans(deployment);
  await adoptPlans(deployment);
  expect(await ofPlan()).toMatchObject([{ source: 'config', teams: ['thrifty', 'acme'] }]);
  expect((await usagePlans(after)).made).toEqual([]);
  expect(await deployment.plans.planOf(key.id)).toBe('tokens');
  expect(await asked()).toMatchObject({ limits: [{ limit: 'tokens', max: 2000 }] });
});

test('a plan whose making breaks off anywhere opens nothing, and is finished by making it again', async () => {
  const { system } = await start();
  const breaking = await startBreakingGateway(system);
  const proxy = await commandLine(breaking.origin, configs.counted, () => noon);
  const later = await commandLine(breaking.origin, configs.counted, () => noon + 180_000);
  for (const [index, fault] of (['refused', 'dies'] as const)
    .flatMap((kind) => [1, 2, 3].map((write) => ({ kind, write })))
    .entries()) {
    const name = `gold-${index}`;
    breaking.breakAt(fault);
    const broken = await proxy('plans', 'create', name, '--like', 'few');
    breaking.breakAt(undefined);
    expect(broken.code).toBe(1);
    const again = await later('plans', 'create', name, '--like', 'few');
    expect(again).toMatchObject({ code: 0 });
    expect((await later('teams', 'create', `team-${index}`, '--plan', name)).code).toBe(0);
    const { stdout: key } = await later('keys', 'create', `app-${index}`, '--team', `team-${index}`);
    expect((await ask(system, key)).status).toBe(200);
  }
  expect((await usagePlans(system)).made).toHaveLength(6);
});

test('API Gateway deletes no usage plan that has a stage, as on AWS, so its stage is removed first', async () => {
  const { system } = await start();
  const deployment = await open(system);
  await createPlan(deployment, 'gold', plan);
  const { client, made } = await usagePlans(system);
  const [{ id: usagePlanId = '' } = {}] = made;
  await expect(client.send(new DeleteUsagePlanCommand({ usagePlanId }))).rejects.toMatchObject({
    name: 'BadRequestException',
    message: expect.stringMatching(/^Cannot delete Usage Plan \w+ because there are API Stages associated/),
  });
  await deletePlan(deployment, 'gold');
  expect(await deployment.table.get(planKey('gold'))).toBeUndefined();
});
