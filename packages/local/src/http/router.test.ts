import { expect, test } from 'vitest';
import type { Route } from '../template/routes.ts';
import { createRouter } from './router.ts';

const routes = ['GET /{name}', 'GET /models', 'GET /models/{id}/parts', 'GET /'].map((text): Route => {
  const [method = '', path = ''] = text.split(' ');
  return {
    ...{
      method,
      path,
      resourceId: path,
      apiKeyRequired: false,
      authorizer: undefined,
      bodyModels: undefined,
    },
    integration: { status: 204, headers: {}, otherOrigins: [] },
  };
});

const route = createRouter(routes);

test.each([
  ['GET', '/models', 'GET /models'],
  ['GET', '/models/', 'GET /models'],
  ['GET', '/other', 'GET /{name}'],
  ['GET', '/models/7/parts', 'GET /models/{id}/parts'],
  ['GET', '/', 'GET /'],
])('%s %s goes to %s', (method, path, expected) => {
  const match = route(method, path);
  expect(match && `${match.route.method} ${match.route.path}`).toBe(expected);
});

test.each([
  ['POST', '/'],
  ['GET', '/models/7/other'],
  ['GET', '/models//parts'],
])('%s %s has no route', (method, path) => {
  expect(route(method, path)).toBeUndefined();
});

test('parameters are decoded if possible', () => {
  expect(route('GET', '/a%2Fb')?.pathParameters).toEqual({ name: 'a/b' });
  expect(route('GET', '/%zz')?.pathParameters).toEqual({ name: '%zz' });
});
