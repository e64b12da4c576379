import { describe, expect, test } from 'vitest';
import { PortInUseError } from './gateway.ts';
import { addGatewayResponse, edit } from './testing/deployment.ts';
import { native, startTestGateway as start } from './testing/gateway.ts';

const forbidden = { status: 403, errorType: 'ForbiddenException', body: '{"message":"Forbidden"}' };
const missingToken = {
  status: 403,
  errorType: 'MissingAuthenticationTokenException',
  body: '{"message":"Missing Authentication Token"}',
};

describe("API Gateway's own answers", () => {
  test('a key that is missing, unknown, disabled or in no plan of the stage gets the same 403', async () => {
    const gateway = await start();
    expect(await native(await gateway.get('/ask', { method: 'POST' }))).toEqual(forbidden);
    for (const key of ['', 'unknown', gateway.keyNamed('disabled-key'), gateway.keyNamed('stray-key')]) {
      expect(await native(await gateway.ask({}, { 'x-api-key': key }))).toEqual(forbidden);
    }
  });

  test('a body that the model does not accept, or that is not JSON, is a bad request', async () => {
    const gateway = await start();
    const badRequest = {
      status: 400,
      errorType: 'BadRequestException',
      body: '{"message":"Invalid request body"}',
    };
    for (const body of ['[]', '"text"', '{', 'null']) {
      expect(await native(await gateway.ask(body))).toEqual(badRequest);
    }
    const charset = { 'content-type': 'application/json; charset=utf-8' };
    expect(await native(await gateway.ask('[]', charset))).toEqual(badRequest);
  });

  test('a body of a content type without a model is not validated, and an empty one is an empty object', async () => {
    const gateway = await start();
    expect((await gateway.ask('[]', { 'content-type': 'text/plain' })).status).toBe(200);
    expect((await gateway.ask('')).status).toBe(200);
  });

  test('an unknown path, method or stage gets "Missing Authentication Token"; HEAD and OPTIONS are methods like any other', async () => {
    const gateway = await start();
    expect(await native(await gateway.get('/nothing'))).toEqual(missingToken);
    expect(await native(await gateway.get('/ask'))).toEqual(missingToken);
    expect(await native(await gateway.get('/'))).toEqual(missingToken);
    expect(await native(await fetch(gateway.url.replace('/dev', '/prod/other')))).toEqual(missingToken);
    expect(await native(await gateway.get('/other', { method: 'OPTIONS' }))).toEqual(missingToken);
    expect(await native(await gateway.get('/other', { method: 'HEAD' }))).toEqual({
      ...missingToken,
      body: '',
    });
  });

  test('an unknown path with an Authorization header is treated as a bad signature', async () => {
    const gateway = await start();
    const response = await gateway.get('/nothing', { headers: { authorization: 'Bearer x' } });
    const answer = await native(response);
    expect(answer).toMatchObject({ status: 403, errorType: 'IncompleteSignatureException' });
    expect(answer.body).toContain('not a valid key=value pair (missing equal-sign) in Authorization header');
  });

  test('the headers of every answer carry the request id; only gateway-made ones have an error type', async () => {
    const gateway = await start();
    for (const response of [await gateway.get('/nothing'), await gateway.get('/other')]) {
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('x-amzn-requestid')).toMatch(/^[\da-f-]{36}$/);
      expect(response.headers.get('x-amz-apigw-id')).toMatch(/^[\w-]{15}=$/);
      expect(response.headers.get('x-amzn-errortype') === null).toBe(response.ok);
    }
  });
});

describe('gateway responses of the template', () => {
  test('set status, headers and body, with variables filled in', async () => {
    const gateway = await start({
      editTemplate: (template) =>
        addGatewayResponse(template, 'INVALID_API_KEY', {
          StatusCode: '401',
          ResponseParameters: {
            'gatewayresponse.header.x-request-id': 'context.requestId',
            'gatewayresponse.header.x-fixed': "'one, two'",
          },
          ResponseTemplates: {
            'application/json':
              '{"id":"$context.requestId","m":$context.error.messageString,"t":"$context.error.responseType"}',
          },
        }),
    });
    const response = await gateway.ask({}, { 'x-api-key': 'unknown' });
    const id = response.headers.get('x-amzn-requestid');
    expect(response.status).toBe(401);
    expect(response.headers.get('x-request-id')).toBe(id);
    expect(response.headers.get('x-fixed')).toBe('one, two');
    expect(await response.json()).toEqual({ id, m: 'Forbidden', t: 'INVALID_API_KEY' });
  });

  test('DEFAULT_4XX and DEFAULT_5XX replace the types without a response, and each case keeps its status', async () => {
    const gateway = await start({
      editTemplate: (template) => {
        addGatewayResponse(template, 'DEFAULT_4XX', {
          ResponseTemplates: { 'application/json': '{"four":$context.error.messageString}' },
        });
        return addGatewayResponse(template, 'DEFAULT_5XX', {
          ResponseTemplates: { 'application/json': '{"five":"$context.error.message"}' },
        });
      },
    });
    expect(await native(await gateway.get('/nothing'))).toMatchObject({
      status: 403,
      body: '{"four":"Missing Authentication Token"}',
    });
    expect(await native(await gateway.get('/broken'))).toMatchObject({
      status: 502,
      body: '{"five":"Internal server error"}',
    });
  });

  test('a status on DEFAULT_4XX changes every 4xx without its own status', async () => {
    const gateway = await start({
      editTemplate: (template) => {
        addGatewayResponse(template, 'DEFAULT_4XX', { StatusCode: '418' });
        return addGatewayResponse(template, 'INVALID_API_KEY', { StatusCode: '401' });
      },
    });
    expect((await gateway.get('/nothing')).status).toBe(418);
    expect((await gateway.ask({}, { 'x-api-key': 'unknown' })).status).toBe(401);
  });
});

describe('size limits', () => {
  const tooLong = (length: number) => ({ padding: 'x'.repeat(length) });

  test('an event over 6 MB is too long for Lambda', async () => {
    const gateway = await start();
    expect(await native(await gateway.ask(tooLong(6_291_456)))).toMatchObject({
      status: 413,
      body: '{"message":"Request Too Long"}',
    });
  });

  test('a body over 10 MB gets plain text, which no gateway response changes', async () => {
    const gateway = await start({
      editTemplate: (template) => addGatewayResponse(template, 'DEFAULT_4XX', { StatusCode: '418' }),
    });
    const response = await gateway.ask('x'.repeat(10_485_761));
    expect(response.headers.get('x-amzn-errortype')).toBeNull();
    expect([response.status, await response.text()]).toEqual([
      413,
      'HTTP content length exceeded 10485760 bytes.',
    ]);
    expect((await gateway.ask('x'.repeat(10_485_760))).status).toBe(418);
  });

  test('a body over 10 MB of unknown length gets the same answer', async () => {
    const gateway = await start();
    const part = new Uint8Array(1024 * 1024);
    const body = ReadableStream.from(Array.from({ length: 11 }, () => part));
    const response = await gateway.get('/ask', { method: 'POST', body, duplex: 'half' });
    expect([response.status, await response.text()]).toEqual([
      413,
      'HTTP content length exceeded 10485760 bytes.',
    ]);
  });
});

test('a request that fails validation has used its quota', async () => {
  const gateway = await start({
    editTemplate: (template) => edit(template, 'Plan', { Quota: { Limit: 1, Period: 'DAY' } }),
  });
  expect((await gateway.ask('[]')).status).toBe(400);
  expect(await native(await gateway.ask())).toEqual({
    status: 429,
    errorType: 'LimitExceededException',
    body: '{"message":"Limit Exceeded"}',
  });
});

test('a throttle of the stage also counts requests without a key', async () => {
  const settings = { HttpMethod: '*', ResourcePath: '/*', ThrottlingBurstLimit: 2, ThrottlingRateLimit: 1 };
  const gateway = await start({
    clock: { now: () => Date.parse('2026-11-22T12:00:00Z') },
    editTemplate: (template) => edit(template, 'Stage', { MethodSettings: [settings] }),
  });
  const answers = [await gateway.get('/other'), await gateway.get('/other'), await gateway.get('/other')];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(await native(await gateway.get('/other'))).toMatchObject({
    errorType: 'TooManyRequestsException',
    body: '{"message":"Too Many Requests"}',
  });
});

test('a permission for other methods does not count', async () => {
  const gateway = await start({
    editTemplate: (template) =>
      edit(template, 'MainPermission', {
        SourceArn: { 'Fn::Sub': `arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/*/GET/*` },
      }),
  });
  expect(await native(await gateway.ask())).toEqual({
    status: 500,
    errorType: 'InternalServerErrorException',
    body: '{"message": "Internal server error"}',
  });
  expect((await gateway.get('/items/1')).status).toBe(200);
});

test('a port in use is an error that names the port', async () => {
  const gateway = await start();
  const port = Number(new URL(gateway.url).port);
  await expect(start({ port })).rejects.toThrow(new PortInUseError(port));
});

test('key values are the same on every start, and different for each key', async () => {
  const [one, two] = [await start(), await start()];
  expect(one.apiKeys).toEqual(two.apiKeys);
  expect(one.keyNamed('team-key')).toMatch(/^[a-z\d]{40}$/);
  expect(new Set(one.apiKeys.map(({ value }) => value)).size).toBe(3);
  expect(one.apiKeys.find(({ name }) => name === 'team-key')?.id).toMatch(/^[a-z\d]{10}$/);
});

test('a closed gateway answers no calls, and closes at once with a call in flight', async () => {
  const gateway = await start();
  const hanging = gateway.stream([['wait', 'never']]).catch((error: unknown) => error);
  await gateway.callsWaiting(1);
  const before = performance.now();
  await gateway.close();
  expect(performance.now() - before).toBeLessThan(900);
  expect(await hanging).toBeInstanceOf(TypeError);
  await expect(gateway.ask()).rejects.toThrow();
});
