import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { configs } from '../configs.ts';
import { type System, startSystem } from '../harness.ts';
import { openConsole } from './console-client.ts';

async function start() {
  const system = await startSystem('counted', { config: configs.counted });
  return { system, ...(await openConsole(system.gateway.consoleUrl ?? '')) };
}

/** New functions, which read the table again, as every function does after a minute. */
const afterAMinute = ({ gateway }: System) => gateway.killFunctions();

const statusOf = async ({ send }: System, key: string) =>
  (await send({ key, body: { model: 'llama', question: 'Hi' } })).status;

test('the local gateway serves the console of its own deployment, by its own clock', async () => {
  const { system, client } = await start();
  const answer = await client.deployment.$get();
  expect(await answer.json()).toMatchObject({
    name: 'counted-dev',
    place: 'local',
    endpoint: system.gateway.url,
    now: Date.parse('2026-11-22T12:00:00Z'),
  });
});

test('the API of a gateway without a config has no console in its way', async () => {
  const { gateway } = await startSystem('counted');
  expect(gateway.consoleUrl).toBeUndefined();
  const { origin } = new URL(gateway.url);
  // Of API Gateway, which knows no such route.
  expect((await fetch(`${origin}/console/`)).headers.get('x-amzn-errortype')).toBe(
    'MissingAuthenticationTokenException',
  );
});

test('a key made there works with the next call; one that is disabled, rotated or revoked there does not', async () => {
  const { system, client } = await start();
  const team = await client.teams.$post({ json: { name: 'acme', plan: 'few' } });
  expect(await team.json()).toEqual({ name: 'acme', plan: 'few', created: true });
  const made = await client.keys.$post({ json: { name: 'acme-app', team: 'acme', end: '2027-01-31' } });
  const { value } = await made.json();
  expect(await statusOf(system, value)).toBe(200);

  const param = { key: 'acme-app' };
  const key = client.keys[':key'];
  await key.disable.$post({ param, json: {} });
  expect(await statusOf(system, value)).toBe(401);
  await key.enable.$post({ param, json: {} });
  expect(await statusOf(system, value)).toBe(200);

  const rotated = await (await key.rotate.$post({ param, json: { overlap: 'now' } })).json();
  expect(rotated.replaced).toMatchObject([{ name: 'acme-app', disabled: true }]);
  expect([await statusOf(system, value), await statusOf(system, rotated.key.value)]).toEqual([401, 200]);

  await key.revoke.$post({ param, json: {} });
  expect(await statusOf(system, rotated.key.value)).toBe(401);
  const details = await (await client.teams[':team'].$get({ param: { team: 'acme' } })).json();
  expect(details).toMatchObject({ team: { name: 'acme', plan: 'few' }, keys: [] });
  // The clock stands still, so they are in no order.
  expect(new Set(details.changes.map(({ action }) => action))).toEqual(
    new Set(['teams create', 'keys create', 'keys disable', 'keys enable', 'keys rotate', 'keys revoke']),
  );
});

test('a limit raised there until a day ends with that day, and what is set there holds', async () => {
  const { system, client } = await start();
  const of = { team: 'sharing' };
  const raised = await client.limits.$post({
    json: { of, change: { action: 'raise', limits: { requests: { day: 9 } }, end: '2026-11-22' } },
  });
  expect(await raised.json()).toMatchObject({
    changed: true,
    from: { requests: { day: 5 } },
    to: { requests: { day: 9 } },
  });
  const inForce = async () => {
    const { teams } = await (await client.teams.$get()).json();
    return teams.find(({ name }) => name === 'sharing')?.usage.limits[0]?.max;
  };
  expect(await inForce()).toBe(9);
  system.setTime('2026-11-23T00:00:00Z');
  expect(await inForce()).toBe(5);

  await client.limits.$post({
    json: { of, change: { action: 'set', limits: { requests: { day: 0 } } } },
  });
  await afterAMinute(system);
  const refused = await system.ask('shared-key');
  expect(refused.error()).toMatchObject({ code: 'quota_exceeded' });
});

/** The events of an answer that is a stream of them. */
async function eventsOf(response: { text(): Promise<string> }): Promise<unknown[]> {
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: '));
  return lines.map((line) => JSON.parse(line.slice('data: '.length)));
}

test('a list of teams is made as its preview says, each key with its value, and only once', async () => {
  const { system, client } = await start();
  const json = {
    format: 'csv',
    text: 'team,plan,key,requests/day\nacme,few,acme-app,\nacme,few,acme-intern,1\nsmall,tokens,,\n',
  } as const;
  const previewed = await client.import.preview.$post({ json });
  expect(await previewed.json()).toMatchObject({
    problems: [],
    teams: [
      {
        name: 'acme',
        state: 'new',
        keys: [
          { name: 'acme-app', state: 'new' },
          { name: 'acme-intern', state: 'new' },
        ],
      },
      { name: 'small', state: 'new', keys: [] },
    ],
  });
  const Made = z.object({ type: z.literal('key'), key: z.object({ name: z.string(), value: z.string() }) });
  const [one, other, done] = await eventsOf(await client.import.$post({ json }));
  const keys = [Made.parse(one).key, Made.parse(other).key];
  expect(done).toEqual({ type: 'done', teams: 2, keys: 2 });
  const intern = keys.find(({ name }) => name === 'acme-intern')?.value ?? '';
  expect([await statusOf(system, intern), await statusOf(system, intern)]).toEqual([200, 429]);
  expect(await eventsOf(await client.import.$post({ json }))).toEqual([{ type: 'done', teams: 0, keys: 0 }]);
});

test('a list of teams that is wrong says where, and makes nothing', async () => {
  const { client } = await start();
  const wrong = { format: 'csv', text: 'team,plan,key\nacme,few,acme-app\nacme,tokens,other-app\n' } as const;
  const answer = await client.import.$post({ json: wrong });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    error: { code: 'invalid_teams', issues: [{ path: expect.stringContaining('line 3') }] },
  });
  const json = { format: 'json', text: '[' } as const;
  expect((await client.import.preview.$post({ json })).status).toBe(400);
  const { teams } = await (await client.teams.$get()).json();
  expect(teams.map(({ name }) => name)).toEqual(['sharing', 'thrifty']);
});

test('the playground asks as a key, streamed, and says what was held and charged', async () => {
  const { system, client } = await start();
  const request = { model: 'nova-lite', question: 'What is a dystopia?', system: 'canary-7c1d' };
  const answer = await client.playground.$post({ json: { key: 'thrifty-key', request } });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const text = await answer.text();
  const events = text
    .split('\n')
    .flatMap((line) => (line.startsWith('data: ') ? [JSON.parse(line.slice(6))] : []));
  const types = events.map(({ type }) => type);
  expect([types[0], ...types.slice(-3)]).toEqual(['start', 'done', 'ended', 'accounted']);
  expect(types.filter((type) => type === 'delta').length).toBeGreaterThan(1);
  expect(events.at(-1)).toMatchObject({
    logged: { team: 'thrifty', held: expect.anything(), charged: { requests: 1 } },
  });
  const logged = [text, ...system.logs].join('\n');
  for (const secret of [system.keyValue('thrifty-key'), 'canary-7c1d']) expect(logged).not.toContain(secret);
});

test("the playground meets the key's limits and its state, as its holder does", async () => {
  const { system, client } = await start();
  const ask = (key: string) =>
    client.playground.$post({ json: { key, request: { model: 'llama', question: 'Hi' }, stream: false } });
  for (const _ of [1, 2]) expect((await system.ask('other-key')).status).toBe(200);
  expect(await eventsOf(await ask('other-key'))).toMatchObject([
    { type: 'error', error: { code: 'quota_exceeded', details: { scope: 'key' } } },
    { type: 'ended', status: 429 },
    { type: 'accounted', logged: { code: 'quota_exceeded' } },
  ]);
  await client.keys[':key'].disable.$post({ param: { key: 'shared-key' }, json: {} });
  const disabled = await ask('shared-key');
  expect([disabled.status, await disabled.json()]).toMatchObject([
    409,
    { error: { code: 'key_was_disabled' } },
  ]);
  expect((await ask('no-such-key')).status).toBe(404);
});

test('a request is found by its id, with what was charged; an id that cannot be one is refused', async () => {
  const { system, client } = await start();
  const reply = await system.ask('thrifty-key');
  const id = reply.headers.get('x-request-id') ?? '';
  const found = await (await client.requests.$get({ query: { id } })).json();
  expect(found).toMatchObject({
    request: { status: 200, team: 'thrifty', keyName: 'thrifty-key', charged: { requests: 1 } },
    sentences: expect.arrayContaining([expect.any(String)]),
  });
  const injected = await client.requests.$get({ query: { id: '" or message = "request' } });
  expect([injected.status, await injected.json()]).toMatchObject([
    400,
    { error: { code: 'invalid_request_id' } },
  ]);
});

test('the models are those of the config; access is what only AWS can say', async () => {
  const { client } = await start();
  const { models } = await (await client.models.$get()).json();
  expect(models.map(({ alias }) => alias)).toEqual(['llama', 'nova-lite', 'claude-sonnet-4.6']);
  const access = await client.models.access.$get();
  expect([access.status, await access.json()]).toMatchObject([
    502,
    { error: { code: 'local_gateway_lacks_service' } },
  ]);
});

test('what cannot be done is said with what to do, and is never a failure of the server', async () => {
  const { client } = await start();
  const param = { key: 'no-such-key' };
  const answers = await Promise.all([
    client.teams.$post({ json: { name: 'acme', plan: 'none' } }),
    client.teams.$post({ json: { name: '../acme', plan: 'few' } }),
    client.teams.$post({ json: { name: 'sharing', plan: 'few' } }),
    client.teams[':team'].$get({ param: { team: 'none' } }),
    client.teams[':team'].delete.$post({ param: { team: 'sharing' }, json: {} }),
    client.teams[':team'].move.$post({ param: { team: 'sharing' }, json: { plan: 'tokens' } }),
    client.keys.$post({ json: { name: 'shared-key', team: 'sharing' } }),
    client.keys.$post({ json: { name: 'app', team: 'sharing', end: '2020-01-01' } }),
    client.keys[':key'].rotate.$post({ param, json: { overlap: 60_000 } }),
    client.keys[':key'].revoke.$post({ param, json: {} }),
    client.limits.$post({
      json: { of: { team: 'sharing' }, change: { action: 'raise', limits: { requests: { day: 1 } } } },
    }),
  ]);
  const failures = await Promise.all(
    answers.map(async (answer) => [answer.status, (await answer.json()) as unknown] as const),
  );
  expect(failures).toMatchObject(
    [
      [404, 'no_such_plan'],
      [400, 'invalid_name'],
      [409, 'team_is_of_config'],
      [404, 'no_such_team'],
      [409, 'team_is_of_config'],
      [409, 'team_plan_is_of_config'],
      [409, 'key_is_of_config'],
      [400, 'end_is_over'],
      [404, 'no_such_key'],
      [404, 'no_such_key'],
      [409, 'not_a_raise'],
    ].map(([status, code]) => [
      status,
      { error: { code, message: expect.any(String), advice: expect.any(String) } },
    ]),
  );
});

test('a page of another origin, another host, a used link and no session get nothing from the gateway either', async () => {
  const { system, api, headers } = await start();
  const { port } = new URL(api);
  // Not with fetch, which sets the host itself.
  const ask = async (more: Readonly<Record<string, string>>) => {
    const sent = request(`${api}/deployment`, { headers: { ...headers, ...more } }).end();
    const [response]: IncomingMessage[] = await once(sent, 'response');
    response?.resume();
    return response?.statusCode;
  };
  expect(await ask({})).toBe(200);
  expect(await ask({ origin: 'https://evil.example' })).toBe(403);
  expect(await ask({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await ask({ host: `evil.example:${port}` })).toBe(403);
  expect(await ask({ authorization: 'Bearer none' })).toBe(401);
  const { hash } = new URL(system.gateway.consoleUrl ?? '');
  const again = await fetch(`${api}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: hash.slice(1) }),
  });
  expect(again.status).toBe(401);
});

test('no value of a key and no token is in what the gateway and its functions log', async () => {
  const { system, client, headers } = await start();
  await client.teams.$post({ json: { name: 'acme', plan: 'few' } });
  const made = await client.keys.$post({ json: { name: 'acme-app', team: 'acme' } });
  const { value } = await made.json();
  expect(await statusOf(system, value)).toBe(200);
  const token = headers.authorization.split(' ')[1] ?? '';
  const logged = system.logs.join('\n');
  expect(logged).toContain('acme');
  for (const secret of [value, token, new URL(system.gateway.consoleUrl ?? '').hash.slice(1)]) {
    expect(logged).not.toContain(secret);
  }
});
