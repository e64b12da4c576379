import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ListedTeam } from '../../server/teams.ts';
import { choiceIn, choose, everything, queryOf, sorts } from './team-list.ts';

const resetsAt = '2026-12-01T00:00:00Z';

function team(name: string, { usd = 0, used = 0, plan = 'few' } = {}): ListedTeam {
  const limit = {
    limit: 'requests',
    period: 'day',
    scope: 'team',
    max: 10,
    used,
    remaining: 10 - used,
    resetsAt,
  };
  const month = { usd, requests: 0, tokens: 0 };
  const usage = { team: name, plan, counted: true, used: { month }, limits: [limit] };
  return { name, plan, source: 'run-time', keys: 1, usage };
}

const teams = [
  team('beta', { usd: 5, used: 9 }),
  team('acme', { usd: 5 }),
  team('Ceta', { usd: 7, plan: 'many' }),
];
const names = (choice: object) => choose(teams, { ...everything, ...choice }, 0.8).map(({ name }) => name);

test('teams are found by a part of their name or plan, in any case', () => {
  expect(names({ search: ' CET' })).toEqual(['Ceta']);
  expect(names({ search: 'many' })).toEqual(['Ceta']);
  expect(names({ search: 'nothing' })).toEqual([]);
});

test('only those near a limit, if that is asked for', () => {
  expect(names({ near: true })).toEqual(['beta']);
});

test('teams that are equal in what is sorted by are in the order of their names', () => {
  expect(names({ sort: 'spend', descending: true })).toEqual(['Ceta', 'acme', 'beta']);
  expect(names({ sort: 'limit', descending: true })[0]).toBe('beta');
});

test('what was chosen is read back from the address', () => {
  const choice = fc.record({
    search: fc.string(),
    sort: fc.constantFrom(...sorts),
    descending: fc.boolean(),
    near: fc.boolean(),
  });
  fc.assert(
    fc.property(choice, (each) => {
      expect(choiceIn(new URLSearchParams(queryOf(each)))).toEqual(each);
    }),
  );
});
