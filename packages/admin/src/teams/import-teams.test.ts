import { expect, test } from 'vitest';
import { AdminError } from '../admin-error.ts';
import { parseTeams } from './import-teams.ts';

function faultsOf(teams: unknown): string {
  try {
    parseTeams(teams, 'teams.json');
  } catch (error) {
    if (error instanceof AdminError && error.is('invalid_teams')) {
      expect(error.message).toBe('teams.json has mistakes.');
      return error.data.issues.map(({ path, message }) => `${path}: ${message}`).join('\n');
    }
  }
  throw new Error('It was read.');
}

const team = { name: 'acme', plan: 'starter', keys: ['acme-app'] };

test.each([
  [
    'a field that is misspelt',
    [{ ...team, paln: 'starter' }],
    '0.paln: is not a field of the file (did you mean "plan"?)',
  ],
  ['a plan that is missing', [{ ...team, plan: undefined }], '0.plan: is missing and must be a string'],
  ['a name with a space', [team, { ...team, name: 'a b' }], '1.name: must start with a letter or digit'],
  ['a key of no kind', [{ ...team, keys: [1] }], '0.keys.0: must be a string or an object'],
  [
    'a limit of no kind',
    [{ ...team, keys: [{ name: 'app', limits: { calls: { day: 1 } } }] }],
    '0.keys.0.limits.calls: is not a field of the file',
  ],
  [
    'a team that is named twice',
    [team, { ...team, keys: [] }],
    '1.name: is named before, at 0.name: name each team once',
  ],
  [
    'a key that is named twice',
    [team, { name: 'initech', plan: 'starter', keys: ['app', { name: 'acme-app' }] }],
    '1.keys.1.name: is named before, at 0.keys.0: name each key once',
  ],
  ['a team alone', team, 'file: must be an array'],
])('%s is named with its field, as a fault of the config is', (_, teams, line) => {
  expect(faultsOf(teams)).toContain(line);
});
