import type { CostStatement } from './cost-statement.ts';

/** USD a month before and after a change. 0 if it is not in one of the configs; null: not bounded. */
export interface Change {
  readonly before: number | null;
  readonly after: number | null;
}

/** The changes of the most that a config can cost a month. */
export interface CostChange {
  /** All teams of the config together. */
  readonly total: Change;
  /** The teams whose most has changed, the largest change first. */
  readonly teams: readonly (Change & { readonly team: string })[];
  /** The plans on which a further team's most has changed. */
  readonly plans: readonly (Change & { readonly plan: string })[];
}

/** Compares what two configs can cost a month at the most. */
export function compareCosts(before: CostStatement, after: CostStatement): CostChange {
  const teams = changesOf(usdByTeam(before), usdByTeam(after));
  const plans = changesOf(usdByPlan(before), usdByPlan(after));
  return {
    total: { before: before.usd, after: after.usd },
    teams: teams.map(([team, change]) => ({ team, ...change })),
    plans: plans.map(([plan, change]) => ({ plan, ...change })),
  };
}

type Amounts = ReadonlyMap<string, number | null>;

const usdByTeam = ({ teams }: CostStatement): Amounts => new Map(teams.map(({ team, usd }) => [team, usd]));

const usdByPlan = ({ plans }: CostStatement): Amounts =>
  new Map(plans.map(({ plan, furtherTeam }) => [plan, furtherTeam]));

function changesOf(before: Amounts, after: Amounts): [string, Change][] {
  const names = [...new Set([...after.keys(), ...before.keys()])];
  const amount = (amounts: Amounts, name: string) => (amounts.has(name) ? (amounts.get(name) ?? null) : 0);
  return names
    .map((name): [string, Change] => [name, { before: amount(before, name), after: amount(after, name) }])
    .filter(([, change]) => change.before !== change.after)
    .toSorted(([, one], [, other]) => sizeOf(other) - sizeOf(one));
}

/** A bound that comes or goes is the largest change. */
function sizeOf({ before, after }: Change): number {
  return before === null || after === null ? Number.MAX_VALUE : Math.abs(after - before);
}
