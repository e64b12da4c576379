import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { addAuthorizer, edit } from './testing/deployment.ts';
import { native, startTestGateway as start, type TestGateway } from './testing/gateway.ts';

const started = () => start({ editTemplate: (template) => addAuthorizer(template) });

const order = (what: object) => ({ 'x-order': JSON.stringify(what) });
const arn = 'arn:aws:execute-api:eu-west-1:000000000000:*';

const Echo = z.object({ event: z.object({ requestContext: z.record(z.string(), z.unknown()) }) });

async function contextOf(gateway: TestGateway, what: object = {}): Promise<Record<string, unknown>> {
  const response = await gateway.ask({}, order({ key: gateway.keyNamed('team-key'), ...what }));
  expect(response.status).toBe(200);
  return Echo.parse(await response.json()).event.requestContext;
}

test("the caller counts as the key that the authorizer names, and the authorizer's context reaches the function", async () => {
  const gateway = await started();
  expect(await contextOf(gateway)).toMatchObject({
    identity: { apiKey: gateway.keyNamed('team-key'), apiKeyId: expect.any(String) },
    authorizer: { principalId: 'somebody', count: '7', whole: 'true' },
  });
});

test('the authorizer gets the request as API Gateway sends it', async () => {
  const gateway = await started();
  const { authorizer } = await contextOf(gateway);
  const { event } = z.parse(z.object({ event: z.string() }), authorizer);
  expect(JSON.parse(event)).toMatchObject({
    type: 'REQUEST',
    methodArn: expect.stringMatching(/^arn:aws:execute-api:eu-west-1:000000000000:\w{10}\/dev\/POST\/ask$/),
    resource: '/ask',
    path: '/ask',
    httpMethod: 'POST',
    headers: { 'x-order': expect.any(String) },
    queryStringParameters: {},
    pathParameters: {},
    stageVariables: {},
    requestContext: { requestId: expect.any(String), stage: 'dev', identity: { apiKey: null } },
  });
  expect(JSON.parse(event)).not.toHaveProperty('body');
});

test('with the authorizer as the source of keys, the header alone is not a key, and a method without an authorizer is open', async () => {
  const gateway = await started();
  const response = await gateway.ask({}, { 'x-api-key': gateway.keyNamed('team-key') });
  expect(await native(response)).toEqual({
    status: 403,
    errorType: 'ForbiddenException',
    body: '{"message":"Forbidden"}',
  });
  expect((await gateway.get('/other')).status).toBe(200);
});

test.each([
  ['the whole stage', { resource: `${arn}/dev/*` }],
  ['every path of the method', { resource: `${arn}/*/POST/*` }],
  [
    'any action',
    {
      do: 'return',
      result: { policyDocument: { Statement: [{ Action: '*', Effect: 'Allow', Resource: ['*'] }] } },
    },
  ],
])('a policy that allows %s lets the caller on', async (_name, what) => {
  const gateway = await started();
  const key = { usageIdentifierKey: gateway.keyNamed('team-key') };
  const result = 'result' in what ? { ...what, result: { ...what.result, ...key } } : what;
  expect(await contextOf(gateway, result)).toMatchObject({
    identity: { apiKey: gateway.keyNamed('team-key') },
  });
});

const denied = 'User is not authorized to access this resource';
const both = ['Allow', 'Deny'].map((Effect) => ({ Action: 'execute-api:Invoke', Effect, Resource: '*' }));

test.each([
  ['an explicit deny', { effect: 'Deny' }, `${denied} with an explicit deny`],
  [
    'a deny next to an allow',
    { do: 'return', result: { policyDocument: { Statement: both } } },
    `${denied} with an explicit deny`,
  ],
  ['an allow for another method', { resource: `${arn}/dev/GET/ask` }, denied],
  [
    'an allow for another action',
    {
      do: 'return',
      result: { policyDocument: { Statement: [{ ...both[0], Action: 'execute-api:ManageConnections' }] } },
    },
    denied,
  ],
  ['an empty policy', { do: 'return', result: { policyDocument: { Statement: [] } } }, denied],
])('%s keeps the caller out', async (_name, what, message) => {
  const gateway = await started();
  const response = await gateway.ask({}, order({ key: gateway.keyNamed('team-key'), ...what }));
  expect(await native(response)).toEqual({
    status: 403,
    errorType: 'AccessDeniedException',
    body: JSON.stringify({ Message: message }),
  });
});

test('an authorizer that throws Unauthorized makes a 401', async () => {
  const gateway = await started();
  const response = await gateway.ask({}, order({ do: 'throw', message: 'Unauthorized' }));
  expect(await native(response)).toEqual({
    status: 401,
    errorType: 'UnauthorizedException',
    body: '{"message":"Unauthorized"}',
  });
});

test.each([
  ['throws anything else', { do: 'throw', message: 'Unauthorized!' }, 'AuthorizerFailureException'],
  ['takes longer than its timeout', { do: 'hang' }, 'AuthorizerFailureException'],
  ['returns no policy', { do: 'return', result: {} }, 'AuthorizerConfigurationException'],
  ['returns nothing', { do: 'return' }, 'AuthorizerConfigurationException'],
  [
    'returns a context with an object',
    { do: 'return', result: { policyDocument: { Statement: both.slice(0, 1) }, context: { a: {} } } },
    'AuthorizerConfigurationException',
  ],
  [
    'returns a condition',
    { do: 'return', result: { policyDocument: { Statement: [{ ...both[0], Condition: {} }] } } },
    'AuthorizerConfigurationException',
  ],
  [
    'names a resource that is too long',
    { resource: `${arn}/${'x'.repeat(512)}` },
    'AuthorizerConfigurationException',
  ],
])('an authorizer that %s makes a 500', async (_name, what, errorType) => {
  const gateway = await started();
  const response = await gateway.ask({}, order(what));
  expect(await native(response)).toMatchObject({ status: 500, errorType });
});

test('an authorizer that API Gateway may not invoke is a fault of the deployment', async () => {
  const gateway = await start({
    editTemplate: (template) => {
      addAuthorizer(template);
      delete template.Resources['AuthorizePermission'];
      return template;
    },
  });
  expect(await native(await gateway.ask())).toEqual({
    status: 500,
    errorType: 'AuthorizerConfigurationException',
    body: '{"message":null}',
  });
});

test.each([
  ['a cache', { AuthorizerResultTtlInSeconds: 300 }, 'only AuthorizerResultTtlInSeconds 0'],
  ['the cache that there is by default', { AuthorizerResultTtlInSeconds: undefined }, 'cached for 300 s'],
  [
    'an identity source',
    { IdentitySource: 'method.request.header.x-api-key' },
    'IdentitySource is not supported',
  ],
  ['another type', { Type: 'TOKEN' }, 'type TOKEN is not supported'],
  [
    'its own role',
    { AuthorizerCredentials: 'arn:aws:iam::1:role/r' },
    'AuthorizerCredentials is not supported',
  ],
  [
    'an invalid URI',
    { AuthorizerUri: 'arn:aws:lambda:eu-west-1:1:function:f' },
    'does not invoke a Lambda function',
  ],
])('an authorizer with %s is refused at the start', async (_name, properties, message) => {
  await expect(start({ editTemplate: (template) => addAuthorizer(template, properties) })).rejects.toThrow(
    message,
  );
});

test.each([
  ['AuthorizationType AWS_IAM', { AuthorizationType: 'AWS_IAM' }, 'AuthorizationType AWS_IAM'],
  ['an unknown authorizer', { AuthorizerId: 'abc' }, 'AuthorizerId is not an authorizer of the template'],
  [
    'an authorizer that the method does not use',
    { AuthorizationType: 'NONE' },
    'AuthorizationType NONE with an AuthorizerId',
  ],
  ['scopes', { AuthorizationScopes: ['ask'] }, 'AuthorizationScopes is not supported'],
  [
    'a key but no authorizer to name it',
    { AuthorizationType: 'NONE', AuthorizerId: undefined },
    'the method has no authorizer',
  ],
])('a method with %s is refused at the start', async (_name, properties, message) => {
  await expect(
    start({ editTemplate: (template) => edit(addAuthorizer(template), 'AskMethod', properties) }),
  ).rejects.toThrow(message);
});
