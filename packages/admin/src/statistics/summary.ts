import { amountsOf, type DayLog, nothing, plus, type StatisticsAmounts, type Sums } from './day-log.ts';
import { addDurations, type Latency, latencyOf } from './latency.ts';

export interface TeamAmounts extends StatisticsAmounts {
  readonly team: string;
}

/** Requests that ended with an error code. */
export interface ErrorCount {
  readonly code: string;
  /** Admitted calls. */
  readonly failed: number;
  /** Requests that cost nothing. */
  readonly refused: number;
}

/** The calls that began on some days. */
export interface Summary {
  /** The teams that stand apart; the dearest of all the days first. */
  readonly teams: readonly TeamAmounts[];
  /** All other teams together, and requests whose caller was not known. */
  readonly others: StatisticsAmounts;
  readonly total: StatisticsAmounts;
  /** The most frequent first. */
  readonly errors: readonly ErrorCount[];
  /** How long admitted calls took, from their arrival in the function to their end. Undefined without calls. */
  readonly latency?: Latency | undefined;
}

type SumsOfTeams = ReadonlyMap<string, Sums>;

/** Chooses the teams that stand apart, and their order. */
type Choice = (teams: SumsOfTeams) => readonly string[];

/** @param most How many. Default: all. */
export function dearest(most: number | undefined): Choice {
  return (teams) =>
    [...teams]
      .toSorted(
        ([name, one], [otherName, other]) =>
          other.microUsd - one.microUsd || other.requests - one.requests || (name < otherName ? -1 : 1),
      )
      .slice(0, most)
      .map(([team]) => team);
}

/** Those of a list that have calls. */
export function inOrder(order: readonly string[]): Choice {
  return (teams) => order.filter((team) => teams.has(team));
}

export function summaryOf(logs: readonly DayLog[], choose: Choice): Summary {
  const teams = new Map<string, Sums>();
  const errors = new Map<string, ErrorCount>();
  let total = nothing;
  for (const { team, code, sums } of logs.flatMap(({ groups }) => groups)) {
    total = plus(total, sums);
    if (team !== undefined) teams.set(team, plus(teams.get(team) ?? nothing, sums));
    if (code !== undefined) {
      const { failed, refused } = errors.get(code) ?? nothing;
      errors.set(code, { code, failed: failed + sums.failed, refused: refused + sums.refused });
    }
  }
  const apart = choose(teams);
  const isApart = new Set(apart);
  const others = logs
    .flatMap(({ groups }) => groups)
    .filter(({ team }) => team === undefined || !isApart.has(team))
    .reduce((sum, { sums }) => plus(sum, sums), nothing);
  const countOf = ({ failed, refused }: ErrorCount) => failed + refused;
  return {
    teams: apart.map((team) => ({ team, ...amountsOf(teams.get(team) ?? nothing) })),
    others: amountsOf(others),
    total: amountsOf(total),
    errors: [...errors.values()].toSorted((one, other) => countOf(other) - countOf(one)),
    latency: latencyOf(addDurations(logs.map(({ durations }) => durations))),
  };
}
