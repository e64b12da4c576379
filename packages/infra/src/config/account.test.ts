import { expect, test } from 'vitest';
import { config, issuesOf } from '../testing/config-under-test.ts';
import { parseProxyConfig } from './config.ts';

test.each([
  [{ roles: {} }],
  [{ roles: { path: '/' } }],
  [{ roles: { path: '/llm/eu/', permissionsBoundary: 'boundaries/Developers' } }],
  [{ roles: { permissionsBoundary: 'arn:aws:iam::111122223333:policy/boundaries/Developers' } }],
  [{ kmsKey: 'create' }],
  [{ promptLog: { retentionDays: 30 } }],
  [{ promptLog: { retentionDays: 3650, plans: ['starter'] } }],
  [{ traces: true }],
  [{ costByPlan: true, tags: { Owner: 'platform' } }],
  [{ kmsKey: 'arn:aws:kms:us-east-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef' }],
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
  ['an alias of a key', { kmsKey: 'alias/llm' }, 'kmsKey', /ARN of a KMS key, or create/],
  [
    'a key of another Region',
    { kmsKey: 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0123-4567-89ab-0a1b2c3d4e5f' },
    'kmsKey',
    /a key in eu-west-1.*give a key in us-east-1/,
  ],
  [
    'a tag that is the plan',
    { costByPlan: true, tags: { Plan: 'x' } },
    'tags.Plan',
    /costByPlan sets from the plan/,
  ],
  ['prompts without an end', { promptLog: {} }, 'promptLog.retentionDays', /is missing|must be/],
  ['prompts that are not kept', { promptLog: { retentionDays: 0 } }, 'promptLog.retentionDays', /at least 1/],
  ['prompts for a lifetime', { promptLog: { retentionDays: 36_500 } }, 'promptLog.retentionDays', /3,650/],
  [
    'prompts of a plan that does not exist',
    { promptLog: { retentionDays: 30, plans: ['startr'] } },
    'promptLog.plans.0',
    /there is no plan "startr"; did you mean "starter"/,
  ],
  [
    'prompts of no plan',
    { promptLog: { retentionDays: 30, plans: [] } },
    'promptLog.plans',
    /must name at least one plan/,
  ],
  ['a prompt log without settings', { promptLog: true }, 'promptLog', /must be an object/],
  ['an unknown setting', { roles: { boundary: 'B' } }, 'roles.boundary', /is not a field/],
])('%s is refused, naming the field and the fix', (_fault, change, path, fix) => {
  expect(issuesOf({ ...config, ...change })).toEqual([{ path, message: expect.stringMatching(fix) }]);
});
