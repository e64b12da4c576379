import { expect, test } from 'vitest';
import { edit, editIntegration } from './testing/deployment.ts';
import { native, testGateways } from './testing/gateway.ts';

const start = testGateways();

const internal = (status: number) => ({
  status,
  errorType: 'InternalServerErrorException',
  body: '{"message": "Internal server error"}',
});

test('a handler that throws, exits, crashes or cannot start is a 502', async () => {
  const gateway = await start();
  for (const order of ['throw', 'exit', 'crash']) {
    expect(await native(await gateway.ask({ do: order }))).toEqual(internal(502));
  }
  expect(await native(await gateway.get('/broken'))).toEqual(internal(502));
  expect((await gateway.ask()).status).toBe(200);
});

test('a malformed answer is a 502', async () => {
  const gateway = await start();
  const malformed = [
    null,
    'text',
    [],
    { statusCode: 'ok' },
    { statusCode: 200, body: { not: 'a text' } },
    { statusCode: 200, headers: { 'x-count': 1 } },
    { statusCode: 200, headers: { 'bad name': 'x' } },
    { statusCode: 200, cookies: [] },
  ];
  for (const result of malformed) {
    expect(await native(await gateway.ask({ do: 'return', result }))).toEqual(internal(502));
  }
});

test('a call over the timeout of the function is a 502', async () => {
  const gateway = await start();
  expect(await native(await gateway.ask({ do: 'hang' }))).toEqual(internal(502));
});

test('a call over the timeout of the integration is a 504', async () => {
  const gateway = await start({
    editTemplate: (template) => editIntegration(template, { TimeoutInMillis: 50 }),
  });
  expect(await native(await gateway.ask({ do: 'hang' }))).toEqual({
    status: 504,
    errorType: 'InternalServerErrorException',
    body: '{"message": "Endpoint request timed out"}',
  });
});

test('a function that API Gateway may not invoke is a 500', async () => {
  const gateway = await start({
    editTemplate: (template) => {
      delete template.Resources['MainPermission'];
      return template;
    },
  });
  expect(await native(await gateway.ask())).toEqual(internal(500));
  expect((await gateway.get('/other')).status).toBe(200);
});

test('a permission for other methods does not count', async () => {
  const gateway = await start({
    editTemplate: (template) =>
      edit(template, 'MainPermission', {
        SourceArn: { 'Fn::Sub': `arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/*/GET/*` },
      }),
  });
  expect(await native(await gateway.ask())).toEqual(internal(500));
  expect((await gateway.get('/items/1')).status).toBe(200);
});

test('a call above the reserved concurrency is throttled by Lambda, which is a 500', async () => {
  const gateway = await start({
    editTemplate: (template) => edit(template, 'Main', { ReservedConcurrentExecutions: 0 }),
  });
  expect(await native(await gateway.ask())).toEqual(internal(500));
});
