import { APIGatewayClient, DeleteApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { localEndpoints } from '@org/admin';
import { routeNames, routes } from '@org/contract';
import { expect, onTestFinished, test } from 'vitest';
import { startSystem } from '../harness.ts';

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

test('on every route a key is as good in Authorization: Bearer as in x-api-key, and so are both at once', async () => {
  const { send, keyValue } = await startSystem('shipped');
  const key = keyValue('tollmkey');
  for (const name of routeNames) {
    const { method, path } = routes[name];
    const body = method === 'POST' ? { body: { question: 'What is a dystopia' } } : {};
    const statuses = await Promise.all(
      [{ 'x-api-key': key }, bearer(key), { 'x-api-key': key, ...bearer(key) }, bearer('none')].map(
        async (headers) =>
          (await send({ method, path: path.replace('{model}', 'llama'), headers, ...body })).status,
      ),
    );
    // The body lacks a model: a 400 is the function's.
    const known = method === 'POST' ? 400 : 200;
    expect([name, ...statuses]).toEqual([name, known, known, known, 401]);
  }
});

test.each([
  ['is good', 'tollmkey', 200],
  ['is not', undefined, 401],
])('of two that differ, the one in x-api-key counts: where it %s', async (_how, name, status) => {
  const { send, keyValue } = await startSystem('shipped');
  const [key, other] = name ? [keyValue(name), 'anything'] : ['anything', keyValue('tollmkey')];
  const headers = { 'x-api-key': key, ...bearer(other) };
  expect((await send({ method: 'GET', path: '/usage', headers })).status).toBe(status);
});

test.each([
  ['no key', {}],
  ['an unknown one', bearer('unknown')],
  ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
])('%s gets the error of the contract, which says what to send', async (_what, headers) => {
  const { send } = await startSystem('shipped');
  const reply = await send({ method: 'GET', path: '/models', headers });
  expect([reply.status, reply.error().code]).toEqual([401, 'unauthenticated']);
  expect(reply.error().message).toContain('Authorization: Bearer');
});

test("the key's limits hold, however it was sent", async () => {
  const { send, keyValue } = await startSystem('counted');
  const key = keyValue('other-key');
  const ask = (headers: Readonly<Record<string, string>>) =>
    send({ headers, body: { model: 'llama', question: 'Hi' } });
  expect((await ask(bearer(key))).status).toBe(200);
  expect((await ask({ 'x-api-key': key })).status).toBe(200);
  expect((await ask(bearer(key))).error().code).toBe('quota_exceeded');
});

test('a key that API Gateway no longer knows is refused at the next request', async () => {
  const { send, keyValue, gateway } = await startSystem('shipped');
  const usage = async () =>
    (await send({ method: 'GET', path: '/usage', headers: bearer(keyValue('tollmkey')) })).status;
  expect(await usage()).toBe(200);
  const endpoints = await localEndpoints(gateway.url, 'bedrock-proxy-dev');
  const apiGateway = new APIGatewayClient(endpoints('api_gateway'));
  onTestFinished(() => apiGateway.destroy());
  const apiKey = gateway.apiKeys.find(({ name }) => name === 'tollmkey')?.id;
  await apiGateway.send(new DeleteApiKeyCommand({ apiKey }));
  expect(await usage()).toBe(401);
});

test('if the config turns bearer keys off, only x-api-key is read', async () => {
  const { send, keyValue } = await startSystem('without-bearer');
  const key = keyValue('tollmkey');
  const status = async (headers: Readonly<Record<string, string>>) =>
    (await send({ method: 'GET', path: '/usage', headers })).status;
  expect(await status({ 'x-api-key': key })).toBe(200);
  expect(await status({ 'x-api-key': key, ...bearer('anything') })).toBe(200);
  expect(await status(bearer(key))).toBe(401);
});
