import type { Reason, Replay, ReplayedTeam } from '@org/admin';
import { amountText } from '@org/contract';
import { type Column, renderTable } from './table.ts';

const columns: readonly Column[] = [
  { head: 'team' },
  { head: 'plan' },
  { head: 'calls', align: 'right' },
  { head: 'refused', align: 'right' },
  { head: 'first (utc)' },
  { head: 'by' },
  { head: 'spent', align: 'right' },
  { head: 'with it', align: 'right' },
  { head: 'saved', align: 'right' },
];

/** A replayed month for people: a line for each team. */
export function replayTable(teams: readonly ReplayedTeam[]): string {
  return renderTable(
    columns,
    teams.map(({ team, plan, calls, refused, firstRefused, refusals, spentUsd, admittedUsd }) => [
      team,
      plan,
      amountText('requests', calls),
      amountText('requests', refused),
      firstRefused?.replace('T', ' ').slice(0, 'YYYY-MM-DD hh:mm'.length) ?? '',
      refusals.map((each) => `${reasonText(each)}: ${amountText('requests', each.calls)}`).join(', '),
      ...[spentUsd, admittedUsd, spentUsd - admittedUsd].map((usd) => amountText('usd', usd)),
    ]),
  );
}

/** The whole month in a line. */
export function replaySummary({ calls, refused, spentUsd, admittedUsd, teams }: Replay): string {
  const affected = teams.filter((team) => team.refused > 0).length;
  const usd = (amount: number) => amountText('usd', amount);
  return `${amountText('requests', refused)} of ${amountText('requests', calls)} calls would have been refused, of ${affected} of ${teams.length} teams, and ${usd(spentUsd - admittedUsd)} of ${usd(spentUsd)} not spent.`;
}

function reasonText({ code, scope, limit, period }: Reason): string {
  switch (code) {
    case 'quota_exceeded':
      return `${scope} ${limit}/${period}`;
    case 'exceeds_limit':
      return `larger than ${scope} ${limit}/${period}`;
    case 'rate_limited':
      if (limit === undefined) return 'calls in flight';
      if (limit === 'callsAtOnce') return `${scope} calls at once`;
      return period === 'minute' ? `${scope} ${limit}/${period}` : `pace of ${scope} ${limit}/${period}`;
    case 'model_not_allowed':
      return 'model not in the plan';
    case 'unauthenticated':
      return 'no such plan';
  }
}
