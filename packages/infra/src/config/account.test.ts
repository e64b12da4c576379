import { expect, test } from 'vitest';
import { config, issuesOf } from '../testing/config-under-test.ts';
import { parseProxyConfig } from './config.ts';

test.each([
  [{ roles: {} }],
  [{ roles: { path: '/' } }],
  [{ roles: { path: '/llm/eu/', permissionsBoundary: 'boundaries/Developers' } }],
  [{ roles: { permissionsBoundary: 'arn:aws:iam::111122223333:policy/boundaries/Developers' } }],
])('%j is accepted', (given) => {
  const parsed = parseProxyConfig({ ...config, ...given });
  expect(parsed).toMatchObject(given);
  expect(parseProxyConfig(parsed)).toEqual(parsed);
});

test.each<[fault: string, change: object, path: string, fix: RegExp]>([
  ['a path without its ends', { roles: { path: 'llm' } }, 'roles.path', /begin and end with \//],
  ['a path that is too long', { roles: { path: `/${'a'.repeat(512)}/` } }, 'roles.path', /at most 512/],
  [
    'a boundary that is a role',
    { roles: { permissionsBoundary: 'arn:aws:iam::111122223333:role/Developer' } },
    'roles.permissionsBoundary',
    /name or the ARN of a managed policy/,
  ],
  ['an unknown setting', { roles: { boundary: 'B' } }, 'roles.boundary', /is not a field/],
])('%s is refused, naming the field and the fix', (_fault, change, path, fix) => {
  expect(issuesOf({ ...config, ...change })).toEqual([{ path, message: expect.stringMatching(fix) }]);
});
