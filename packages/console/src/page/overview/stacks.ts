import type { StatisticsReport } from '@org/admin';

/** The stacked bars: a bar a day, and in it a piece a team, the dearest at the bottom, and on top all others. */
export interface Stacks {
  /** All days of the month, also those to come. */
  readonly month: readonly string[];
  /** Names of the pieces, from the bottom up. */
  readonly names: readonly string[];
  /** The days that the log knows. */
  readonly days: readonly StackedDay[];
  /** The highest bar, in USD. */
  readonly highest: number;
}

export interface StackedDay {
  readonly day: string;
  /** USD, in the order of the names. */
  readonly pieces: readonly number[];
  readonly total: number;
}

/** The name of the piece of all teams that have none of their own. No team can have it. */
export const others = 'All others';

export function stacksOf({
  from,
  to,
  teams,
  days,
  others: rest,
}: Pick<StatisticsReport, 'from' | 'to' | 'teams' | 'days' | 'others'>): Stacks {
  const apart = teams.map(({ team }) => team);
  const withOthers = rest.usd > 0;
  const stacked = days.map((each): StackedDay => {
    const usdOf = new Map(each.teams.map(({ team, usd }) => [team, usd]));
    const pieces = [...apart.map((team) => usdOf.get(team) ?? 0), ...(withOthers ? [each.others.usd] : [])];
    return { day: each.day, pieces, total: pieces.reduce((sum, piece) => sum + piece, 0) };
  });
  return {
    month: daysBetween(from, to),
    names: [...apart, ...(withOthers ? [others] : [])],
    days: stacked,
    highest: Math.max(0, ...stacked.map(({ total }) => total)),
  };
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += dayMs)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

const dayMs = 24 * 60 * 60 * 1000;
