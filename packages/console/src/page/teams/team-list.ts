import type { ListedTeam } from '../../server/teams.ts';
import { fullestOf, shareOf } from '../parts/limit-share.ts';

export const sorts = ['name', 'plan', 'spend', 'requests', 'limit', 'keys'] as const;
export type Sort = (typeof sorts)[number];

/** What of the teams is shown. */
export interface Choice {
  /** A part of a team's or plan's name. */
  readonly search: string;
  readonly sort: Sort;
  readonly descending: boolean;
  /** Only those near a limit. */
  readonly near: boolean;
}

export const everything: Choice = { search: '', sort: 'name', descending: false, near: false };

/** The choice that an address has. What it lacks, or has wrongly, is as for everything. */
export function choiceIn(query: URLSearchParams): Choice {
  const sort = sorts.find((each) => each === query.get('sort')) ?? everything.sort;
  return {
    search: query.get('search') ?? '',
    sort,
    descending: query.get('order') === 'down',
    near: query.get('near') === '1',
  };
}

/** The same as the end of an address. */
export function queryOf({ search, sort, descending, near }: Choice): string {
  const query = new URLSearchParams();
  if (search !== '') query.set('search', search);
  if (sort !== everything.sort) query.set('sort', sort);
  if (descending) query.set('order', 'down');
  if (near) query.set('near', '1');
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** The used share of a team's fullest limit. Undefined: it has none. */
function fullestShare({ usage }: Pick<ListedTeam, 'usage'>): number | undefined {
  const limit = fullestOf(usage.limits);
  return limit && shareOf(limit);
}

const sortValue: Readonly<Record<Sort, (team: ListedTeam) => string | number>> = {
  name: ({ name }) => name,
  plan: ({ plan = '' }) => plan,
  spend: ({ usage }) => usage.used.month?.usd ?? -1,
  requests: ({ usage }) => usage.used.month?.requests ?? -1,
  limit: (team) => fullestShare(team) ?? -1,
  keys: ({ keys }) => keys,
};

/** The chosen teams, in the chosen order; teams that are equal in it by name. */
export function choose(
  teams: readonly ListedTeam[],
  { search, sort, descending, near }: Choice,
  nearShare: number,
): ListedTeam[] {
  const words = search.trim().toLowerCase();
  const found = teams.filter(
    (team) =>
      (words === '' || team.name.toLowerCase().includes(words) || team.plan?.toLowerCase().includes(words)) &&
      (!near || (fullestShare(team) ?? 0) >= nearShare),
  );
  const value = sortValue[sort];
  const direction = descending ? -1 : 1;
  return found.toSorted(
    (one, other) => direction * compare(value(one), value(other)) || compare(one.name, other.name),
  );
}

function compare(one: string | number, other: string | number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
