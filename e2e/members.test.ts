import { issuerEnvironment, setUpSignIn, startIssuer } from '@org/local/oidc';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from './configs.ts';
import { startSystem } from './harness.ts';

async function start() {
  const issuer = await startIssuer();
  onTestFinished(() => issuer.close());
  const system = await startSystem('membered', { environment: issuerEnvironment(issuer) });
  await setUpSignIn(system.gateway, issuer, configs.membered);
  const headersOf = async (sub: string) => ({
    authorization: `Bearer ${await issuer.issue('thrifty', { sub })}`,
  });
  const askAs = async (sub: string, fields: object = {}) =>
    system.send({ headers: await headersOf(sub), body: { model: 'llama', question: 'Hi', ...fields } });
  return { ...system, askAs, headersOf };
}

test('each person of a team has the same limit, and one who reaches it stops no one else', async () => {
  const { askAs, dynamodb, keyValue, send } = await start();
  for (const sub of ['ann', 'bob', 'ann', 'bob']) expect((await askAs(sub)).status).toBe(200);
  const refused = (await askAs('ann')).error();
  expect(refused).toMatchObject({
    code: 'quota_exceeded',
    details: { scope: 'person', limit: 'requests', period: 'day', max: 2, used: 2 },
  });
  expect(refused.message).toMatch(/^This person has used 2 of 2 requests today/);
  expect((await askAs('cid')).status).toBe(200);
  // An API key has no person.
  const before = dynamodb.requests['UpdateItem'] ?? 0;
  const body = { model: 'llama', question: 'Hi' };
  expect((await send({ key: keyValue('thrifty-key'), body })).status).toBe(200);
  expect((dynamodb.requests['UpdateItem'] ?? 0) - before).toBe(2);
});

test("a team's use of a model has its own limit, and the team goes on with other models", async () => {
  const { askAs, dynamodb } = await start();
  for (const sub of ['ann', 'bob', 'cid'])
    expect((await askAs(sub, { model: 'nova-lite' })).status).toBe(200);
  expect((await askAs('dan', { model: 'nova-lite' })).error()).toMatchObject({
    code: 'quota_exceeded',
    details: { scope: 'model', max: 3 },
  });
  // What the refused call held of its person was given back.
  for (const status of [200, 200, 429]) expect((await askAs('dan')).status).toBe(status);
  // Person, model and team: a write to hold and one to settle each; the refused ones held in vain.
  expect(dynamodb.requests).toMatchObject({ UpdateItem: 3 * 6 + 3 + 2 * 4 + 1 });
});

test('each customer of a team has the same limit, by any API, and calls without one count together', async () => {
  const { keyValue, send } = await start();
  const key = keyValue('hasty-key');
  const messages = [{ role: 'user', content: 'Hi' }];
  const chat = (fields: object) =>
    send({ key, path: '/v1/chat/completions', body: { model: 'llama', messages, ...fields } });
  const native = (fields: object) => send({ key, body: { model: 'llama', question: 'Hi', ...fields } });
  expect((await native({ customer: 'shop' })).status).toBe(200);
  expect((await chat({ user: 'bank' })).status).toBe(200);
  for (const refused of [await chat({ user: 'shop' }), await native({ customer: 'bank' })]) {
    expect(refused.error()).toMatchObject({ details: { scope: 'customer', max: 1 } });
  }
  expect((await native({})).status).toBe(200);
  expect((await chat({})).error()).toMatchObject({ details: { scope: 'customer' } });
  expect((await chat({ user: 'ann@example.com' })).status).toBe(200);
  expect((await chat({ safety_identifier: 'ann@example.com' })).error().code).toBe('quota_exceeded');
});

test('a person sees its own limit, and those of the models', async () => {
  const { headersOf, send } = await start();
  const headers = await headersOf('ann');
  expect((await send({ method: 'GET', path: '/usage', headers })).json()).toMatchObject({
    limits: [
      { scope: 'person', max: 2, used: 0 },
      { scope: 'model', model: 'nova-lite', max: 3, used: 0 },
      { scope: 'team', max: 100, used: 0 },
    ],
  });
});
