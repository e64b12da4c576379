import { expect, test } from 'vitest';
import { config, issuesOf } from '../testing/config-under-test.ts';
import { parseProxyConfig } from './config.ts';
import { receiversOf } from './notify.ts';

const none = { email: [], webhook: [] };

test.each([
  [{}, false],
  [{ notify: false }, false],
  [{ notify: true }, none],
  [{ notify: {} }, none],
  [{ notify: { email: 'ann@example.com' } }, { ...none, email: ['ann@example.com'] }],
  [
    { notify: { webhook: ['https://hooks.example.com/limits?from=proxy'] } },
    { ...none, webhook: ['https://hooks.example.com/limits?from=proxy'] },
  ],
])('%j is accepted', (given, notify) => {
  const parsed = parseProxyConfig({ ...config, ...given });
  expect(parsed.notify).toEqual(notify);
  expect(parseProxyConfig(parsed)).toEqual(parsed);
});

const ofTeam = (notify: unknown) => ({ teams: { research: { plan: 'starter', keys: [], notify } } });
const url = /must be an https URL without a user and a password/;

test.each([
  [{ notify: { email: 'ann' } }, 'notify.email', /must be an e-mail address/],
  [{ notify: { email: ['ann@example.com', 'bob'] } }, 'notify.email.1', /must be an e-mail address/],
  [{ notify: { webhook: 'http://hooks.example.com' } }, 'notify.webhook', url],
  [{ notify: { webhook: 'https://ann:secret@hooks.example.com' } }, 'notify.webhook', url],
  [ofTeam({ webhook: 'hooks.example.com' }), 'teams.research.notify.webhook', url],
  [ofTeam({ mail: 'ann@example.com' }), 'teams.research.notify.mail', /did you mean|email/],
  [ofTeam(true), 'teams.research.notify', /must be/],
])('%j is refused at %s', (given, path, message) => {
  expect(issuesOf({ ...config, ...given })).toContainEqual({ path, message: expect.stringMatching(message) });
});

test('a receiver is there once, for all its teams, or for all teams if the deployment names it', () => {
  const { notify, teams } = parseProxyConfig({
    ...config,
    notify: { email: 'all@example.com' },
    teams: {
      zoo: { plan: 'starter', notify: { email: ['ann@example.com', 'all@example.com'] } },
      acme: { plan: 'starter', notify: { email: 'ann@example.com', webhook: 'https://hooks.example.com' } },
    },
  });
  expect(receiversOf({ notify, teams })).toEqual([
    { protocol: 'email', endpoint: 'all@example.com', teams: undefined },
    { protocol: 'email', endpoint: 'ann@example.com', teams: ['acme', 'zoo'] },
    { protocol: 'https', endpoint: 'https://hooks.example.com', teams: ['acme'] },
  ]);
});

test('more receivers, or more teams of one, than SNS takes are refused', () => {
  const teams = (count: number, email: (index: number) => string) => ({
    ...config,
    teams: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `team-${index}`,
        { plan: 'starter', notify: { email: email(index) } },
      ]),
    ),
  });
  expect(issuesOf(teams(200, (index) => `${index}@example.com`))).toEqual([]);
  expect(issuesOf(teams(201, (index) => `${index}@example.com`))).toEqual([
    { path: 'teams', message: expect.stringContaining('201 receivers, but SNS allows 200') },
  ]);
  expect(issuesOf(teams(150, () => 'ann@example.com'))).toEqual([]);
  expect(issuesOf(teams(151, () => 'ann@example.com'))).toEqual([
    { path: 'teams', message: expect.stringContaining('151 teams, but SNS allows 150') },
  ]);
});
