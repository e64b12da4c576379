import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Template } from './gateway.ts';
import { edit } from './testing/deployment.ts';
import { testGateways } from './testing/gateway.ts';

const start = testGateways();

const Echo = z.object({
  instance: z.string(),
  event: z.record(z.string(), z.unknown()),
  context: z.record(z.string(), z.unknown()),
  remaining: z.number(),
  env: z.record(z.string(), z.string()),
});

const Instance = z.object({ instance: z.string() });

async function echo(response: Response): Promise<z.output<typeof Echo>> {
  return z.parse(Echo, await response.json());
}

async function instance(response: Response): Promise<string> {
  return z.parse(Instance, await response.json()).instance;
}

test('the function gets the event that API Gateway makes', async () => {
  const gateway = await start({ clock: { now: () => Date.parse('2026-11-22T09:08:07.006Z') } });
  const response = await gateway.get('/items/a%20b/?q=1&q=2&r=%20&Q=3', {
    headers: { 'X-Custom': 'one', 'user-agent': 'test', authorization: 'Bearer t' },
  });
  const { event } = await echo(response);
  const id = response.headers.get('x-amzn-requestid');
  expect(event).toMatchObject({
    resource: '/items/{id}',
    path: '/items/a%20b/',
    httpMethod: 'GET',
    queryStringParameters: { q: '2', r: ' ', Q: '3' },
    multiValueQueryStringParameters: { q: ['1', '2'], r: [' '], Q: ['3'] },
    pathParameters: { id: 'a b' },
    stageVariables: null,
    body: null,
    isBase64Encoded: false,
    headers: {
      'User-Agent': 'test',
      Authorization: 'Bearer t',
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Proto': 'https',
    },
    multiValueHeaders: { 'User-Agent': ['test'] },
    requestContext: {
      accountId: '000000000000',
      requestId: id,
      extendedRequestId: response.headers.get('x-amz-apigw-id'),
      stage: 'dev',
      resourcePath: '/items/{id}',
      path: '/dev/items/a%20b/',
      httpMethod: 'GET',
      protocol: 'HTTP/1.1',
      requestTime: '22/Nov/2026:09:08:07 +0000',
      requestTimeEpoch: Date.parse('2026-11-22T09:08:07.006Z'),
      identity: { sourceIp: '127.0.0.1', userAgent: 'test', apiKey: null, apiKeyId: null },
    },
  });
  expect(event['headers']).not.toHaveProperty('connection');
});

test('a method with a key tells the function which key, as its id in the environment does', async () => {
  const gateway = await start();
  const { event, env } = await echo(await gateway.ask('{"unicode":"¿qué?"}'));
  const key = gateway.apiKeys.find(({ name }) => name === 'team-key');
  expect(event).toMatchObject({
    body: '{"unicode":"¿qué?"}',
    requestContext: { identity: { apiKeyId: key?.id, apiKey: key?.value } },
  });
  expect(env['KEY_ID']).toBe(key?.id);
});

test('names that objects have by themselves are names like others', async () => {
  const gateway = await start();
  const { event } = await echo(
    await gateway.get('/other?constructor=1&__proto__=2&toString=3', { headers: { constructor: 'x' } }),
  );
  expect(event).toMatchObject({ headers: { constructor: 'x' } });
  expect(JSON.stringify(event['queryStringParameters'])).toBe(
    '{"constructor":"1","__proto__":"2","toString":"3"}',
  );
});

test('a greedy path parameter takes the rest of the path, for any method', async () => {
  const gateway = await start();
  const { event } = await echo(await gateway.get('/files/a/b/c', { method: 'DELETE' }));
  expect(event).toMatchObject({
    resource: '/files/{proxy+}',
    httpMethod: 'DELETE',
    pathParameters: { proxy: 'a/b/c' },
  });
});

test('functions have the environment of their own, of Lambda and of the caller, and nothing else', async () => {
  vi.stubEnv('OF_THE_TEST', 'must not be seen');
  const gateway = await start({ environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' } });
  const main = await echo(await gateway.ask());
  const other = await echo(await gateway.get('/other'));
  vi.unstubAllEnvs();
  expect([main.env['WHOSE'], other.env['WHOSE']]).toEqual(['main', 'other']);
  expect(other.env).not.toHaveProperty('KEY_ID');
  for (const { env } of [main, other]) {
    expect(env).toMatchObject({ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    expect(env).not.toHaveProperty('OF_THE_TEST');
  }
  expect(main.env['AWS_LAMBDA_FUNCTION_NAME']).not.toBe(other.env['AWS_LAMBDA_FUNCTION_NAME']);
});

test('the context counts down the timeout of the function', async () => {
  const gateway = await start();
  const { context, remaining, env } = await echo(await gateway.ask());
  expect(remaining).toBeGreaterThan(0);
  expect(remaining).toBeLessThanOrEqual(1000);
  expect(context).toMatchObject({
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    memoryLimitInMB: '128',
    logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
  });
  expect(context['awsRequestId']).toMatch(/^[\da-f-]{36}$/);
});

test('the answer has the headers of the function, some of them renamed, and API Gateway adds its own', async () => {
  const gateway = await start();
  const result = {
    statusCode: 201,
    headers: {
      'X-One': 'a',
      Date: 'yesterday',
      'WWW-Authenticate': 'Basic',
      'X-Both': 'single',
      'X-Flag': true,
    },
    multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'], 'X-Both': ['multi'] },
    body: 'dGV4dA==',
    isBase64Encoded: true,
  };
  const response = await gateway.ask({ do: 'return', result });
  expect([response.status, await response.text()]).toEqual([201, 'dGV4dA==']);
  const headers = Object.fromEntries(response.headers);
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'x-one': 'a',
    'x-both': 'multi',
    'x-flag': 'true',
    'x-amzn-remapped-date': 'yesterday',
    'x-amzn-remapped-www-authenticate': 'Basic',
    'x-amzn-trace-id': expect.stringMatching(/^Root=1-/),
  });
  expect(headers).not.toHaveProperty('www-authenticate');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

test('an answer without any field is an empty 200', async () => {
  const gateway = await start();
  const response = await gateway.ask({ do: 'return', result: {} });
  expect([response.status, await response.text()]).toEqual([200, '']);
});

test('calls run at once in one worker, or each in a worker of its own where that is asked for', async () => {
  const file = path.join(tmpdir(), `local-gateway-${crypto.randomUUID()}`);
  onTestFinished(() => rmSync(file, { force: true }));
  const editTemplate = (template: Template) => edit(template, 'Main', { Timeout: 10 });
  const shared = await start({ editTemplate });
  const strict = await start({ editTemplate, callsPerWorker: 1 });
  const calls = [shared, strict].map((gateway) =>
    Promise.all([1, 2, 3].map(async () => instance(await gateway.ask({ do: 'wait', file })))),
  );
  await Promise.all([shared.callsWaiting(3), strict.callsWaiting(3)]);
  writeFileSync(file, '');
  const [ofShared, ofStrict] = await Promise.all(calls);
  expect(new Set(ofShared).size).toBe(1);
  expect(new Set(ofStrict).size).toBe(3);
  // A worker that is free is used again.
  expect(ofStrict).toContain(await instance(await strict.ask()));
});

test('a killed function fails its calls in flight with a 502, and the next call starts a new worker', async () => {
  const gateway = await start();
  const before = await instance(await gateway.ask());
  const hanging = gateway.ask({ do: 'hang' });
  await gateway.callsWaiting(1);
  await gateway.killFunctions();
  expect((await hanging).status).toBe(502);
  const after = await instance(await gateway.ask());
  expect(after).not.toBe(before);
});

test('what functions write, and why they fail, is told line by line, before the answer', async () => {
  const gateway = await start();
  await gateway.ask({ do: 'print', line: 'hello' });
  await gateway.ask({ do: 'throw', message: 'no luck' });
  await gateway.get('/broken');
  const linesOf = (stream: string) =>
    gateway.lines.filter((line) => line.stream === stream).map(({ line }) => line);
  expect(linesOf('stdout')).toEqual(['hello', 'a', 'b']);
  expect(linesOf('stderr')).toEqual(['hello']);
  expect(linesOf('platform')).toEqual([
    expect.stringMatching(/^Invoke Error .*"errorType":"TypeError","errorMessage":"no luck"/),
    expect.stringMatching(/^INIT_REPORT .*cannot start/),
  ]);
});

test('a function goes on when its caller hangs up', async () => {
  const gateway = await start();
  const caller = new AbortController();
  const asked = gateway.get('/ask', {
    method: 'POST',
    body: JSON.stringify({ do: 'hang' }),
    headers: { 'x-api-key': gateway.keyNamed('team-key') },
    signal: caller.signal,
  });
  await gateway.callsWaiting(1);
  caller.abort();
  await expect(asked).rejects.toThrow();
  await vi.waitFor(
    () => expect(gateway.lines.map(({ line }) => line).join()).toContain('Task timed out after 1.00 seconds'),
    { timeout: 3000 },
  );
});
