import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { checkUnreachableTeams } from './unreachable-teams.ts';

const [plan = ''] = Object.keys(shipped.plans);
const findingsOf = (signIn?: object) =>
  checkUnreachableTeams(
    parseProxyConfig({ ...shipped, teams: { ...shipped.teams, silent: { plan } }, signIn }),
  );
const unreachable = [
  {
    check: 'team',
    of: 'silent',
    status: 'warning',
    what: expect.stringContaining('no keys'),
    remedy: { kind: 'make_key', team: 'silent' },
  },
];

test('for a team without a key or sign-in, a warning says how to make a key', () => {
  expect(findingsOf()).toEqual(unreachable);
  expect(findingsOf({ cognito: 'create', teams: { staff: 'toll' } })).toEqual(unreachable);
});

test('a team that people sign in for needs no key', () => {
  expect(findingsOf({ cognito: 'create' })).toEqual([]);
  expect(findingsOf({ cognito: 'create', teams: { staff: 'silent' } })).toEqual([]);
});
