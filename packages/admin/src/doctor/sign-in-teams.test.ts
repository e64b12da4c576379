import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { checkSignInTeams } from './sign-in-teams.ts';

const findingsOf = (teams: Record<string, string> | undefined) =>
  checkSignInTeams(parseProxyConfig({ ...shipped, signIn: { cognito: 'create', teams } }));

test('if tokens name a team that is not in the config, one warning says how to make it', () => {
  expect(findingsOf({ 'group-a': 'tol', 'group-b': 'toll', 'group-c': 'tol' })).toEqual([
    {
      check: 'team',
      of: 'tol',
      status: 'warning',
      what: expect.stringContaining('its people get 403'),
      remedy: { kind: 'make_team', team: 'tol' },
    },
  ]);
});

test('there is no warning for teams of the config, or if the claim names the team itself', () => {
  expect(findingsOf({ 'group-b': 'toll' })).toEqual([]);
  expect(findingsOf(undefined)).toEqual([]);
  expect(checkSignInTeams(shipped)).toEqual([]);
});
