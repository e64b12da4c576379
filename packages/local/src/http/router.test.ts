import { expect, test } from 'vitest';
import type { Route } from '../template/routes.ts';
import { createRouter } from './router.ts';

const target = {
  logicalId: 'Main',
  name: 'main',
  arn: 'arn',
  handler: 'index.handler',
  directory: '/nowhere',
  timeoutMs: 1000,
  memoryMb: 128,
  environment: {},
  reservedConcurrency: undefined,
};

const routes = [
  'ANY /{proxy+}',
  'GET /{name}',
  'GET /models',
  'ANY /models',
  'GET /models/{id}/parts',
  'GET /',
].map((text): Route => {
  const [method = '', path = ''] = text.split(' ');
  return {
    method,
    path,
    resourceId: path,
    apiKeyRequired: false,
    authorizer: undefined,
    bodyModels: undefined,
    requiredParameters: [],
    integration: { timeoutMs: 1000, transferMode: 'BUFFERED', target },
  };
});

const route = createRouter(routes);

test.each([
  ['GET', '/models', 'GET /models'],
  ['GET', '/models/', 'GET /models'],
  ['PUT', '/models', 'ANY /models'],
  ['GET', '/other', 'GET /{name}'],
  ['PUT', '/other', 'ANY /{proxy+}'],
  ['GET', '/models/7/parts', 'GET /models/{id}/parts'],
  ['GET', '/models/7/other', 'ANY /{proxy+}'],
  ['GET', '/', 'GET /'],
])('%s %s is for %s', (method, path, expected) => {
  const match = route(method, path);
  expect(match && `${match.route.method} ${match.route.path}`).toBe(expected);
});

test('what no resource has, or no method, is for nobody', () => {
  expect(route('POST', '/')).toBeUndefined();
});

test('parameters are decoded where they can be', () => {
  expect(route('GET', '/a%2Fb')?.pathParameters).toEqual({ name: 'a/b' });
  expect(route('GET', '/%zz')?.pathParameters).toEqual({ name: '%zz' });
});
