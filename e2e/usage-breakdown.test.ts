import { join } from 'node:path';
import { usageId } from '@org/lambda/usage-id';
import { issuerEnvironment, setUpSignIn, startIssuer } from '@org/local/oidc';
import { expect, onTestFinished, test } from 'vitest';
import { type ConfigName, configs } from './configs.ts';
import { type Sent, type SystemOptions, startSystem } from './harness.ts';
import { commandLine } from './keys/command-line.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

/** A deployment on this machine, and its command line. */
async function start(config: ConfigName, options: SystemOptions = {}) {
  const system = await startSystem(config, options);
  const proxy = await commandLine(new URL(system.url).origin, configs[config], () => noon);
  const done = async (...args: string[]) => {
    const { code, stdout, stderr } = await proxy(...args);
    expect(code, stderr).toBe(0);
    return { stdout, stderr };
  };
  const rowsOf = async (by: string, ...args: string[]) =>
    JSON.parse((await done('usage', '--by', by, '--json', ...args)).stdout).rows;
  return { ...system, proxy, done, rowsOf };
}

const model = 'nova-lite';
const messages = [{ role: 'user', content: 'What is a dystopia?' }];

/** A call through each door, for a customer. */
const calls: readonly (Sent & { readonly customer: string })[] = [
  { path: '/bedrock', body: { model, question: 'Hi', customer: 'native' }, customer: 'native' },
  { path: '/bedrock/stream', body: { model, question: 'Hi', customer: 'native' }, customer: 'native' },
  { path: '/bedrock/embed', body: { model: 'titan-embed-v2', inputs: ['Hi'] }, customer: '-' },
  { path: '/v1/chat/completions', body: { model, messages, user: 'chat' }, customer: 'chat' },
  {
    path: '/v1/responses',
    body: { model, input: 'Hi', safety_identifier: 'ann@example.com' },
    customer: usageId('ann@example.com') ?? '',
  },
  { path: '/v1/embeddings', body: { model: 'titan-embed-v2', input: 'Hi', user: 'chat' }, customer: 'chat' },
  {
    path: '/v1/messages',
    body: { model, max_tokens: 20, messages, metadata: { user_id: 'claude' } },
    customer: 'claude',
  },
];

test('a key that was made at run time has its name in a breakdown', async () => {
  const { done, rowsOf, send } = await start('everything');
  const { stdout: key } = await done('keys', 'create', 'late', '--team', 'all');
  expect((await send({ key: key.trim(), body: { model, question: 'Hi' } })).status).toBe(200);
  expect(await rowsOf('key')).toMatchObject([{ of: { key: 'late' }, requests: 1 }]);
});

test('calls through every door are in the account, by key, model and customer, and cost what was charged', async () => {
  const { done, proxy, rowsOf, keyValue, logs, send } = await start('everything');
  for (const { customer: _, ...call } of calls) {
    expect((await send({ key: keyValue('all-key'), ...call })).status).toBe(200);
  }
  // Refused, so it is in no account.
  const tooLong = { model, question: 'Hi', maxTokens: 10_000_000, customer: 'refused' };
  expect((await send({ key: keyValue('all-key'), body: tooLong })).status).toBe(400);

  const charged = logs.map((line) => JSON.parse(line).charged?.usd ?? 0).reduce((sum, usd) => sum + usd, 0);
  expect(charged).toBeGreaterThan(0);
  const rows = await rowsOf('key,customer', '--from', '2026-11-22');
  expect(rows.map(({ of, requests }: { of: object; requests: number }) => ({ ...of, requests }))).toEqual(
    [...Map.groupBy(calls, ({ customer }) => customer)]
      .map(([customer, { length }]) => ({
        key: 'all-key',
        ...(customer !== '-' && { customer }),
        requests: length,
      }))
      .toSorted((one, other) => ((one.customer ?? '') < (other.customer ?? '') ? -1 : 1)),
  );
  const { total, source } = JSON.parse((await done('usage', '--by', 'model', '--json')).stdout);
  expect([source, Math.round(total.usd * 1e6)]).toEqual(['log', charged]);

  const { stdout: csv } = await done('usage', '--by', 'team,key,model,day', '--csv');
  const [head, ...lines] = csv.split('\n');
  expect(head).toBe('team,key,keyId,model,day,requests,inputTokens,outputTokens,tokens,usd,errors,lastCall');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(
    /^all,all-key,\w+,nova-lite,2026-11-22,5,\d+,\d+,\d+,0\.\d{6},0,[\d-]{10}T[\d:.]+Z$/,
  );
  const table = await done('usage', '--by', 'model', '--sort', 'usd', '--from', '2026-09-01');
  expect(table.stdout).toMatch(/^nova-lite +5 .*\n.*titan-embed-v2 +2 /m);
  expect(table.stdout).toMatch(/Together: 7 requests, [\d,]+ tokens, \$/);
  expect(table.stderr).toMatch(/from the log/);
  expect(table.stderr).toMatch(/keeps lines for 30 days .* before 2026-10-23 are missing/);
  expect((await done('usage', '--by', 'team', '--team', 'exact')).stdout).toMatch(/Together: 0 requests/);

  for (const [args, message] of [
    [['--by', 'colour'], /"colour" is not one of day, team/],
    [['--by', 'team', '--near', '80'], /cannot be used with/],
    [['--by', 'team', '--sort', 'limit'], /no limits to sort by/],
    [['--by', 'team', '--from', '2026-02-30'], /"2026-02-30" is not a day/],
    [['--by', 'team', '--from', '2026-11-23'], /The first day, 2026-11-23, is after the last/],
    [['--by', 'team', '--team', 'a" or "'], /cannot be used/],
    [['--csv'], /--csv needs --by/],
  ] as const) {
    const { code, stderr } = await proxy('usage', ...args);
    expect([code > 0, stderr]).toEqual([true, expect.stringMatching(message)]);
  }
});

test('people who signed in are in the account, each by the subject of the token', async () => {
  const issuer = await startIssuer();
  onTestFinished(() => issuer.close());
  const { gateway, rowsOf, send, keyValue } = await start('signed-in', {
    environment: issuerEnvironment(issuer),
  });
  await setUpSignIn(gateway, issuer, configs['signed-in']);
  const body = { model: 'llama', question: 'What is a dystopia' };
  for (const sub of ['ann', 'bob', 'ann']) {
    const token = await issuer.issue('thrifty', { sub });
    expect((await send({ headers: { authorization: `Bearer ${token}` }, body })).status).toBe(200);
  }
  expect((await send({ key: keyValue('hasty-key'), body })).status).toBe(200);
  const rows = await rowsOf('person');
  expect(rows.map(({ of, requests }: { of: object; requests: number }) => ({ ...of, requests }))).toEqual([
    { requests: 1 },
    { person: 'ann', requests: 2 },
    { person: 'bob', requests: 1 },
  ]);
});

test('replay reads the log of the local gateway', async () => {
  const now = Date.now();
  const { gateway, send, keyValue, setTime } = await startSystem('everything');
  setTime(new Date(now).toISOString());
  const proxy = await commandLine(gateway.url, configs.everything, () => now);
  await send({ key: keyValue('all-key'), body: { model, question: 'Hi' } });
  const plan = join(import.meta.dirname, '../packages/infra/proxy.config.ts');
  const { code, stdout, stderr } = await proxy('replay', '--plan', plan, '--json');
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ calls: 1, teams: [{ team: 'all', refused: 1 }] });
});
