import type { StatisticsReport } from '@org/admin';
import { expect, test } from 'vitest';
import { others, stacksOf } from './stacks.ts';

const nothing = {
  ...{ requests: 0, tokens: 0, usd: 0, inputTokens: 0, outputTokens: 0 },
  ...{ cachedTokens: 0, failed: 0, refused: 0 },
};
const summary = { errors: [], total: nothing, isOver: true };
const team = (name: string, usd: number) => ({ ...nothing, team: name, usd });

const report = (othersUsd: number): Parameters<typeof stacksOf>[0] =>
  ({
    from: '2026-02-01',
    to: '2026-02-28',
    teams: [team('acme', 5), team('beta', 2)],
    others: { ...nothing, usd: othersUsd },
    days: [
      { ...summary, day: '2026-02-01', teams: [team('beta', 2)], others: { ...nothing, usd: othersUsd } },
      { ...summary, day: '2026-02-02', teams: [team('acme', 5)], others: nothing },
    ],
  }) satisfies Pick<StatisticsReport, 'from' | 'to' | 'teams' | 'days' | 'others'>;

test('each day has its pieces in the same order, whichever teams spent on it', () => {
  const { names, days, highest, month } = stacksOf(report(0.5));
  expect(names).toEqual(['acme', 'beta', others]);
  expect(days.map(({ pieces }) => pieces)).toEqual([
    [0, 2, 0.5],
    [5, 0, 0],
  ]);
  expect(days.map(({ total }) => total)).toEqual([2.5, 5]);
  expect(highest).toBe(5);
  expect([month.length, month[0], month.at(-1)]).toEqual([28, '2026-02-01', '2026-02-28']);
});

test('there is no piece of others that spent nothing', () => {
  expect(stacksOf(report(0)).names).toEqual(['acme', 'beta']);
});
