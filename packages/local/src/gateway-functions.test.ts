import { expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { startTestGateway as start } from './testing/gateway.ts';

const Echo = z.object({
  instance: z.string(),
  event: z.record(z.string(), z.unknown()),
  context: z.record(z.string(), z.unknown()),
  remaining: z.number(),
  env: z.record(z.string(), z.string()),
});

async function echo(response: Response): Promise<z.output<typeof Echo>> {
  return z.parse(Echo, await response.json());
}

test("the function gets API Gateway's event", async () => {
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

test("the function gets the key's id, the same as in its environment", async () => {
  const gateway = await start();
  const { event, env } = await echo(await gateway.ask('{"unicode":"¿qué?"}'));
  const key = gateway.apiKeys.find(({ name }) => name === 'team-key');
  expect(event).toMatchObject({
    body: '{"unicode":"¿qué?"}',
    requestContext: { identity: { apiKeyId: key?.id, apiKey: key?.value } },
  });
  expect(env['KEY_ID']).toBe(key?.id);
});

test('names of Object.prototype are names like any other', async () => {
  const gateway = await start();
  const { event } = await echo(
    await gateway.get('/other?constructor=1&__proto__=2&toString=3', { headers: { constructor: 'x' } }),
  );
  expect(event).toMatchObject({ headers: { constructor: 'x' } });
  expect(JSON.stringify(event['queryStringParameters'])).toBe(
    '{"constructor":"1","__proto__":"2","toString":"3"}',
  );
});

test("a function's environment has the template's variables, Lambda's and the caller's, and no others", async () => {
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

test("the context counts down the function's timeout", async () => {
  const gateway = await start();
  const { context, remaining, env } = await echo(await gateway.ask());
  expect(remaining).toBeGreaterThan(0);
  expect(remaining).toBeLessThanOrEqual(20_000);
  expect(context).toMatchObject({
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    memoryLimitInMB: '128',
    logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
  });
  expect(context['awsRequestId']).toMatch(/^[\da-f-]{36}$/);
});

test('calls share one worker at once, or each has its own if the option says so', async () => {
  const instances = async (options: Parameters<typeof start>[0]) => {
    const gateway = await start(options);
    const asked = [1, 2, 3].map(() => gateway.stream([['metadata', {}], ['echo'], ['wait', 'all'], ['end']]));
    await gateway.callsWaiting(3);
    const begun = (await Promise.all(asked)).map(async ({ body }) => {
      const first = await body?.getReader().read();
      return Echo.parse(JSON.parse(new TextDecoder().decode(first?.value))).instance;
    });
    const { instance } = await echo(await gateway.ask());
    // A free worker is used again. It is free a moment after its answer arrives.
    await vi.waitFor(async () => expect(await echo(await gateway.ask())).toMatchObject({ instance }), 5000);
    return [...new Set([...(await Promise.all(begun)), instance])];
  };
  expect(await instances({})).toHaveLength(1);
  expect(await instances({ callsPerWorker: 1 })).toHaveLength(4);
});

test("a function's output, and the reason of its failure, are logged line by line before the answer", async () => {
  const gateway = await start();
  await gateway.stream([['print', 'hello'], ['metadata', {}], ['write', ''], ['end']]);
  await gateway.stream([['throw', 'no luck']]);
  await gateway.get('/broken');
  const linesOf = (stream: string) =>
    gateway.lines.filter((line) => line.stream === stream).map(({ line }) => line);
  expect(linesOf('stdout')).toEqual(['a', 'b']);
  expect(linesOf('stderr')).toEqual(['hello']);
  expect(linesOf('platform')).toEqual([
    expect.stringMatching(/^Invoke Error .*"errorType":"TypeError","errorMessage":"no luck"/),
    expect.stringMatching(/^INIT_REPORT .*cannot start/),
  ]);
});
