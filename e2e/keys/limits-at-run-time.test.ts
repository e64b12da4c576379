import { userInfo } from 'node:os';
import { changeLimits, type Deployment, listChanges, localEndpoints, openDeployment } from '@org/admin';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod/mini';
import { configs } from '../configs.ts';
import { type System, startSystem } from '../harness.ts';
import { startBreakingGateway } from './breaking-gateway.ts';
import { commandLine } from './command-line.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
const local = `local user ${userInfo().username}`;

const Records = z.array(
  z.object({
    at: z.string(),
    by: z.string(),
    action: z.string(),
    team: z.string(),
    key: z.optional(z.string()),
    from: z.optional(z.unknown()),
    to: z.optional(z.unknown()),
  }),
);

async function start() {
  const system = await startSystem('counted');
  const proxy = await commandLine(new URL(system.gateway.url).origin, configs.counted, () => noon);
  return { system, proxy };
}

/** New functions, which read the table again, as every function does after a minute. */
const afterAMinute = ({ gateway }: System) => gateway.killFunctions();

async function open({ gateway }: System): Promise<Deployment> {
  const endpoints = await localEndpoints(gateway.url, 'counted-dev');
  const deployment = await openDeployment(configs.counted, endpoints, () => noon);
  onTestFinished(() => deployment.close());
  return deployment;
}

test('a team of the config gets more for an afternoon, from the command line to the call, and then has what it had', async () => {
  const { system, proxy } = await start();
  const spend = async (calls: number) => {
    for (let call = 0; call < calls; call += 1) expect((await system.ask('shared-key')).status).toBe(200);
    expect((await system.ask('shared-key')).error()).toMatchObject({ code: 'quota_exceeded' });
  };
  await proxy('limits', 'set', '--key', 'other-key', '--limit', 'requests/month=none');
  await spend(5);
  const raised = await proxy(
    'limits',
    'raise',
    '--team',
    'sharing',
    '--limit',
    'requests/day=7',
    '--until',
    '4h',
  );
  expect(raised).toMatchObject({ code: 0 });
  expect(raised.stderr).toContain('The limits of the team sharing in counted-dev (local gateway');
  expect(raised.stderr).toContain(
    'were 5 requests/day, and are 7 requests/day until 2026-11-22T16:00:00.000Z. New calls see this within 60 seconds.',
  );
  await afterAMinute(system);
  await spend(2);
  expect((await proxy('usage', '--team', 'sharing')).stdout).toMatch(/requests\/day .* 7 +7 +12h/);
  system.setTime('2026-11-22T16:00:00Z');
  expect((await system.ask('shared-key')).error()).toMatchObject({ details: { max: 5, used: 7 } });
});

test('limits of a key and of a team made at run time are set, listed and cleared, and each change is recorded', async () => {
  const { system, proxy } = await start();
  await proxy('teams', 'create', 'acme', '--plan', 'few');
  const made = await proxy('keys', 'create', 'app', '--team', 'acme', '--limit', 'requests/day=1');
  const ask = () =>
    system.send({ key: made.stdout, body: { model: 'llama', question: 'What is a dystopia?' } });
  await proxy('limits', 'set', '--key', 'app', '--limit', 'requests/day=3');
  await proxy('limits', 'set', '--team', 'acme', '--limit', 'requests/day=2', '--limit', 'usd/month=5');
  expect((await ask()).status).toBe(200);
  expect((await ask()).status).toBe(200);
  expect((await ask()).error()).toMatchObject({ details: { scope: 'team', max: 2 } });
  expect((await proxy('limits', 'list')).stdout.split('\n').slice(1)).toEqual([
    expect.stringMatching(/^acme +2 requests\/day, \$5\.00\/month +5 requests\/day$/),
    expect.stringMatching(/^acme +key app +3 requests\/day +1 request\/day$/),
  ]);
  await proxy('limits', 'clear', '--team', 'acme');
  await proxy('limits', 'clear', '--key', 'app', '--limit', 'requests/day');
  await afterAMinute(system);
  expect((await ask()).error()).toMatchObject({ details: { scope: 'key', max: 1 } });
  expect((await proxy('limits', 'list')).stderr).toContain(
    'No limits were changed at run time in counted-dev',
  );

  const records = Records.parse(JSON.parse((await proxy('audit', '--json')).stdout));
  expect(records.every(({ by, at }) => by === local && at === new Date(noon).toISOString())).toBe(true);
  expect(records.map(({ action, team, key }) => [action, team, key]).toSorted()).toEqual([
    ['keys create', 'acme', 'app'],
    ['limits clear', 'acme', undefined],
    ['limits clear', 'acme', 'app'],
    ['limits set', 'acme', undefined],
    ['limits set', 'acme', 'app'],
    ['teams create', 'acme', undefined],
  ]);
  expect(records.find(({ action, key }) => action === 'limits set' && !key)).toMatchObject({
    from: { limits: { requests: { day: 5 } } },
    to: { limits: { requests: { day: 2 }, usd: { month: 5 } } },
  });
  expect((await proxy('audit', '--key', 'app', '--since', '1d')).stdout).not.toContain('teams create');
});

test('the limits of a key are listed as they are in force, and what was changed is marked', async () => {
  const { proxy } = await start();
  await proxy('keys', 'create', 'app', '--team', 'sharing', '--limit', 'requests/day=1');
  await proxy('keys', 'create', 'plain', '--team', 'sharing');
  await proxy('limits', 'raise', '--key', 'app', '--limit', 'requests/day=3', '--until', '4h');
  await proxy('limits', 'set', '--key', 'other-key', '--limit', 'requests/month=none');
  for (const command of [
    ['keys', 'list'],
    ['teams', 'show', 'sharing'],
  ]) {
    const { stdout } = await proxy(...command);
    expect(stdout).toMatch(/^app .* 3 requests\/day \(changed, was 1 request\/day\) /m);
    expect(stdout).toMatch(/^other-key .* none \(changed, was 2 requests\/month\) /m);
    expect(stdout).toMatch(/^plain +sharing +few +active +2026/m);
  }
  const keys = JSON.parse((await proxy('keys', 'list', '--team', 'sharing', '--json')).stdout);
  expect(keys.find(({ name }: { name: string }) => name === 'app')).toMatchObject({
    limits: { requests: { day: 1 } },
    limitsInForce: { requests: { day: 3 } },
    limitsChanged: true,
  });
});

test("a key's limit that its team's keeps from being reached is made, with a warning", async () => {
  const { proxy } = await start();
  await proxy('keys', 'create', 'app', '--team', 'sharing', '--limit', 'requests/day=1');
  const raise = (max: number) => proxy('limits', 'raise', '--key', 'app', '--limit', `requests/day=${max}`);
  expect((await raise(3)).stderr).not.toContain('never be reached');
  const above = await raise(8);
  expect([above.code, above.stderr]).toEqual([
    0,
    expect.stringContaining('own limit 8 requests/day will never be reached: the team sharing has no more'),
  ]);
  await proxy('limits', 'raise', '--team', 'sharing', '--limit', 'requests/day=20', '--until', '4h');
  expect((await raise(9)).stderr).not.toContain('never be reached');
});

test('a raise is never below the limit in force, but may have another end', async () => {
  const { proxy } = await start();
  const raise = (max: number | 'none', until: string) =>
    proxy('limits', 'raise', '--team', 'sharing', '--limit', `requests/day=${max}`, '--until', until);
  expect((await raise(20, '4h')).code).toBe(0);
  const lower = await raise(19, '4h');
  expect([lower.code, lower.stderr]).toEqual([
    1,
    expect.stringContaining('The limit is 20 requests/day already.'),
  ]);
  expect((await raise(20, '8h')).code).toBe(0);
  expect((await raise('none', '8h')).code).toBe(0);
  expect((await raise(30, '8h')).stderr).toContain('The limit is lifted already.');
});

test('records say limits in words, and a name alone is asked what it is', async () => {
  const { proxy } = await start();
  await proxy('teams', 'create', 'acme', '--plan', 'few');
  await proxy('limits', 'set', '--team', 'acme', '--limit', 'requests/day=none');
  await proxy('limits', 'raise', '--team', 'sharing', '--limit', 'requests/day=9', '--until', '4h');
  const { stdout } = await proxy('audit');
  expect(stdout).toMatch(/ teams create +acme +plan few +local user/);
  expect(stdout).toMatch(/ limits set +acme +5 requests\/day +no limits +local user/);
  expect(stdout).toMatch(
    / limits raise +sharing +5 requests\/day +9 requests\/day, until 2026-11-22T16:00:00.000Z /,
  );
  expect((await proxy('limits', 'list', '--team', 'acme')).stdout).toMatch(/^acme +none +5 requests\/day$/m);
  const { code, stderr } = await proxy('limits', 'list', 'acme');
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(
      /acme is a team or a key\.\nName it: .* limits list --team acme --local .*, or --key acme/,
    ),
  ]);
});

test('a limit on calls at once is set, raised for a while and cleared alone', async () => {
  const { proxy } = await start();
  const change = async (action: string, ...args: string[]) =>
    (await proxy('limits', action, '--team', 'sharing', ...args)).stderr;
  expect(await change('set', '--limit', 'callsAtOnce=2', '--limit', 'usd/day=1')).toContain(
    'are 5 requests/day, $1.00/day, 2 calls at once.',
  );
  expect(await change('raise', '--limit', 'callsAtOnce=2')).toContain(
    'The limit is 2 calls at once already.',
  );
  expect(await change('raise', '--limit', 'callsAtOnce=6', '--until', '1h')).toContain(
    '6 calls at once until',
  );
  expect((await proxy('limits', 'list')).stdout).toContain('6 calls at once: 2026-11-22T13:00:00.000Z');
  expect(await change('clear', '--limit', 'callsAtOnce')).toContain('and are 5 requests/day, $1.00/day.');
});

test('teams and keys that are moved, rotated, revoked and deleted are recorded, without the value of a key', async () => {
  const { proxy } = await start();
  await proxy('teams', 'create', 'acme', '--plan', 'few');
  const values = [
    await proxy('keys', 'create', 'app', '--team', 'acme'),
    await proxy('keys', 'rotate', 'app'),
  ];
  await proxy('teams', 'move', 'acme', 'tokens');
  await proxy('keys', 'revoke', 'app', '--replaced', '--yes');
  await proxy('teams', 'delete', 'acme', '--yes');
  const { stdout } = await proxy('audit', '--team', 'acme', '--json');
  expect(
    Records.parse(JSON.parse(stdout))
      .map(({ action }) => action)
      .toSorted(),
  ).toEqual([
    ...['keys create', 'keys revoke', 'keys revoke', 'keys rotate'],
    ...['teams create', 'teams delete', 'teams move'],
  ]);
  for (const { stdout: value } of values) expect(stdout).not.toContain(value);
});

test.each<[args: string[], message: string | RegExp]>([
  [
    ['raise', '--team', 'sharing', '--limit', 'requests/day=4'],
    /The limit is 5 requests\/day already\.\n.* limits set --team sharing --limit requests\/day=4 --local/,
  ],
  [
    ['raise', '--key', 'other-key', '--limit', 'usd/day=5'],
    /There is no limit usd\/day to raise\.\n.* limits set --key other-key --limit usd\/day=5 --local/,
  ],
  [['raise', '--team', 'sharing', '--limit', 'requests/day=6', '--until', '2026-11-21'], 'is in the past.'],
  [['raise', '--team', 'sharing', '--limit', 'requests/day=6', '--until', 'soon'], '"soon" is not a time.'],
  [['set', '--team', 'no-team', '--limit', 'requests/day=6'], 'There is no team "no-team"'],
  [['set', '--key', 'nothing', '--limit', 'requests/day=6'], 'There is no key "nothing"'],
  [['set', '--limit', 'requests/day=6'], 'No team or key was given.'],
  [['set', '--team', 'sharing'], 'There is no limit to change.'],
  [['set', '--person', 'ann', '--limit', 'requests/day=6'], '--person needs a team.'],
  [
    ['set', '--team', 'sharing', '--person', 'ann', '--customer', 'shop', '--limit', 'requests/day=6'],
    'A person and a customer were given.',
  ],
  [['set', '--team', 'sharing', '--customer', '', '--limit', 'requests/day=6'], 'The customer has no name.'],
  [
    ['set', '--team', 'sharing', '--model', 'gpt', '--limit', 'requests/day=6'],
    'The plan few has no model "gpt".',
  ],
  [['raise', '--team', 'sharing', '--limit', 'callsAtOnce=6'], 'There is no limit callsAtOnce to raise.'],
  [['clear', '--team', 'sharing', '--limit', 'requests'], '"requests" is not the name of a limit.'],
])('limits %j is refused and changes nothing', async (args, message) => {
  const { proxy } = await start();
  const { code, stderr } = await proxy('limits', ...args);
  expect(code).toBe(1);
  if (typeof message === 'string') expect(stderr).toContain(message);
  else expect(stderr).toMatch(message);
  expect((await proxy('audit', '--json')).stdout).toBe('[]');
});

test('a change that breaks off is either made and recorded or neither, and can be run again', async () => {
  const { system } = await start();
  const breaking = await startBreakingGateway(system);
  const proxy = await commandLine(breaking.origin, configs.counted, () => noon);
  const set = () => proxy('limits', 'set', '--team', 'sharing', '--limit', 'requests/day=9');
  const state = async () => [
    (await proxy('limits', 'list', '--team', 'sharing')).stdout.includes('9 requests/day'),
    JSON.parse((await proxy('audit', '--json')).stdout).length,
  ];
  breaking.breakAt({ kind: 'refused', write: 1 });
  expect((await set()).code).toBe(1);
  breaking.breakAt(undefined);
  expect(await state()).toEqual([false, 0]);
  breaking.breakAt({ kind: 'dies', write: 1 });
  expect((await set()).code).toBe(1);
  breaking.breakAt(undefined);
  expect(await state()).toEqual([true, 1]);
  expect((await set()).stderr).toContain('Nothing to change');
  expect(await state()).toEqual([true, 1]);
});

test('of many operators at once none loses a change, and the records follow each other', async () => {
  const { system } = await start();
  const team = 'sharing';
  const operators = await Promise.all(Array.from({ length: 6 }, () => open(system)));
  await Promise.all(
    operators.flatMap((deployment, index) => [
      changeLimits(deployment, { team }, { action: 'set', limits: { tokens: { day: 1000 + index } } }),
      ...(index === 0
        ? [changeLimits(deployment, { team }, { action: 'set', limits: { usd: { month: 7 } } })]
        : []),
    ]),
  );
  const [first] = operators;
  if (!first) throw new Error('There is no operator.');
  const { to } = await changeLimits(first, { team }, { action: 'clear', only: [] });
  expect(to).toMatchObject({ requests: { day: 5 }, usd: { month: 7 }, tokens: { day: expect.any(Number) } });
  const records = await listChanges(first, { team });
  expect(records).toHaveLength(7);
  // Each change was made to what another one had left, so one follows the other from the first to the last.
  const left = new Map(records.map((record) => [JSON.stringify(z.parse(State, record.from).limits), record]));
  let state = JSON.stringify({ requests: { day: 5 } });
  for (let step = 0; step < 7; step += 1) {
    const next = left.get(state);
    state = JSON.stringify(z.parse(State, next?.to).limits);
  }
  expect(state).toBe(JSON.stringify(to));
});

const State = z.object({ limits: z.unknown() });
