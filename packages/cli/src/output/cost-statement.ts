import type { Bound, Change, CostChange, CostStatement, TeamCost } from '@org/admin';
import { amountText } from '@org/contract';
import { type Column, renderTable } from './table.ts';

const columns: readonly Column[] = [
  { head: 'team' },
  { head: 'most per month', align: 'right' },
  { head: 'because of' },
];

/** Teams shown to people; the rest is summed up. */
const mostTeams = 10;

const notIncluded =
  'Not included: what AWS charges for the proxy itself, about 0.00002 USD per request of 2 s (docs/cost.md),\nand for guardrails.';

/** The statement for people: the total, the dearest teams with the arithmetic, and what is left out. */
export function describeCost(statement: CostStatement): string {
  const teams = dearestFirst(statement.teams);
  const rows = teams.slice(0, mostTeams).map((each) => [each.team, usdText(each.usd), reasonText(each)]);
  const others = teams.slice(mostTeams);
  const rest = others.length > 0 ? [[`${others.length} more`, usdText(sumOf(others)), '']] : [];
  return [
    costHeadline(statement),
    renderTable(columns, [...rows, ...rest]),
    `${furtherText(statement)}\n${notIncluded}`,
  ].join('\n\n');
}

/** The statement, and a change of it if there is one, as a Markdown comment for a pull request. */
export function costMarkdown(statement: CostStatement, change: CostChange | undefined): string {
  const rows = dearestFirst(statement.teams).map((each) => {
    const changed = change?.teams.find(({ team }) => team === each.team);
    const cells = [each.team, ...(change ? [usdText(changed ? changed.before : each.usd)] : [])];
    return [...cells, usdText(each.usd), reasonText(each)];
  });
  const removed = (change?.teams ?? [])
    .filter(({ team }) => statement.teams.every((each) => each.team !== team))
    .map(({ team, before }) => [team, usdText(before), usdText(0), 'no longer in the config']);
  const heads = ['team', ...(change ? ['before'] : []), 'most per month', 'because of'];
  return [
    `**${change ? describeCostChange(change) : costHeadline(statement)}**`,
    markdownTable(heads, [...rows, ...removed]),
    `${furtherText(statement)}\n${notIncluded}`,
  ].join('\n\n');
}

/** What a change does: `from $1,250.00 to $9,400.00 per month, of it acme $5,000.00`. */
export function describeCostChange({ total, teams, plans }: CostChange): string {
  const ofTeams = teams.slice(0, mostTeams).map(({ team, ...change }) => `${team} ${changeText(change)}`);
  const more = teams.length > mostTeams ? [`${teams.length - mostTeams} more teams`] : [];
  const parts = [...ofTeams, ...more].join(', ');
  const ofPlans = plans.map(
    ({ plan, before, after }) =>
      ` A further team on the plan ${plan}: from ${usdText(before)} to ${usdText(after)}.`,
  );
  const said =
    total.before === total.after
      ? `The most that models can cost stays ${usdText(total.after)}${total.after === null ? '' : ' per month'}`
      : `The most that models can cost goes from ${usdText(total.before)} to ${usdText(total.after)} per month`;
  return `${said}${parts === '' ? '' : `, of it ${parts}`}.${ofPlans.join('')}`;
}

/** @param whose The teams in it. */
export function costHeadline({ usd, teams }: CostStatement, whose = 'the teams of the config'): string {
  const bestEffort = teams.filter(({ usd: most, exact }) => most !== null && !exact);
  const names = (some: readonly TeamCost[]) =>
    some.length > mostTeams ? `${some.length} teams` : some.map(({ team }) => team).join(', ');
  const effort =
    bestEffort.length > 0
      ? `\nOnly by API Gateway, best effort, for ${names(bestEffort)}. To hold it exactly, give the plan limits.`
      : '';
  if (usd !== null) {
    return `Models can cost at most ${usdText(usd)} per month for ${whose}, at the deployment's prices.${effort}`;
  }
  const unbounded = names(teams.filter(({ usd: most }) => most === null));
  return `The cost of a month has no upper bound, because of: ${unbounded}.${effort}`;
}

function furtherText({ plans }: CostStatement): string {
  const further = plans.map(({ plan, furtherTeam, furtherKey }) =>
    furtherTeam !== null
      ? `${plan} ${usdText(furtherTeam)}`
      : `${plan} ${furtherKey === null ? usdText(null) : `${usdText(furtherKey)} for each of its keys, best effort`}`,
  );
  return `Teams made at run time come on top. The most for each, by plan: ${further.join(', ')}.`;
}

function reasonText({ bounds, gaps }: TeamCost): string {
  const [first, ...others] = bounds;
  if (gaps.length > 0) {
    return gaps.map(({ model, lacks }) => `the ${lacks} of ${model} is not known`).join(', ');
  }
  if (!first) return 'it has no keys';
  if (others.length === 0) return boundText(first);
  return `its ${bounds.length} keys: ${bounds.slice(0, mostTeams).map(boundText).join(' + ')}${bounds.length > mostTeams ? ' ...' : ''}`;
}

/** The arithmetic: `1,000 tokens/day × 31 × $15.00 a million (claude-haiku-4.5)`. */
function boundText({ by, counted, most, per, times, atOnce, usdEach, model }: Bound): string {
  const amount = counted === 'usd' ? amountText('usd', most) : `${amountText(counted, most)} ${counted}`;
  const often = times > 1 ? ` × ${amountText('requests', times)}` : '';
  const once = atOnce === undefined ? '' : ` + ${atOnce} at once`;
  const each = {
    usd: '',
    tokens: ` × ${amountText('usd', usdEach * 1_000_000)} a million`,
    requests: ` × ${amountText('usd', usdEach)}`,
  }[counted];
  const source = by === 'limits' ? '' : `, by the ${by} of each key, best effort`;
  return `${amount}/${per}${often}${once}${each}${model ? ` (${model})` : ''}${source}`;
}

function changeText({ before, after }: Change): string {
  if (before === null || after === null) return `from ${usdText(before)} to ${usdText(after)}`;
  if (before === 0) return usdText(after);
  return after < before ? `-${usdText(before - after)}` : `+${usdText(after - before)}`;
}

function usdText(usd: number | null): string {
  if (usd === null) return 'not bounded';
  // Of an amount above a cent, the rest does not matter; but a bound is never rounded down.
  return amountText('usd', usd < 0.01 ? usd : Math.ceil(Number((usd * 100).toFixed(6))) / 100);
}

function dearestFirst(teams: readonly TeamCost[]): TeamCost[] {
  const order = ({ usd }: TeamCost) => usd ?? Number.POSITIVE_INFINITY;
  return teams.toSorted((one, other) => (order(one) === order(other) ? 0 : order(other) - order(one)));
}

function sumOf(teams: readonly TeamCost[]): number | null {
  return teams.reduce<number | null>(
    (total, { usd }) => (total === null || usd === null ? null : total + usd),
    0,
  );
}

function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}
