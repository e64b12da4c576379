import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { checkSimilarTeams } from './similar-teams.ts';

const [plan = ''] = Object.keys(shipped.plans);
const findingsOf = (...names: string[]) =>
  checkSimilarTeams(
    parseProxyConfig({ ...shipped, teams: Object.fromEntries(names.map((name) => [name, { plan }])) }),
  );

test('each team that differs from an earlier one only in capital letters gets a warning with both names', () => {
  expect(findingsOf('acme', 'search', 'ACME', 'Acme')).toMatchObject([
    { check: 'team', of: 'ACME', status: 'warning', what: expect.stringContaining('acme') },
    { check: 'team', of: 'Acme', status: 'warning', what: expect.stringContaining('acme') },
  ]);
});

test('names that differ in more are not similar', () => {
  expect(findingsOf('acme', 'acme-2', 'acmes')).toEqual([]);
});
