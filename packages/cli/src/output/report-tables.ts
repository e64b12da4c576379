import { countText, type StatisticsAmounts, type StatisticsReport, secondsText } from '@org/admin';
import { amountText } from '@org/contract';
import type { Terminal } from '../terminal.ts';
import { bar } from './bar.ts';
import { type Column, renderTable } from './table.ts';

const amounts = ['usd', 'requests', 'tokens', 'failed', 'refused'] as const;

const amountColumns: readonly Column[] = amounts.map((head) => ({ head, align: 'right' }));

/** All days in some sentences. */
export function reportSummary({ total, latency, errors }: StatisticsReport): string {
  const { usd, requests, tokens, inputTokens, cachedTokens, failed, refused } = total;
  const cached =
    cachedTokens > 0
      ? ` ${percentText(cachedTokens / inputTokens)} of the input came from a prompt cache.`
      : '';
  const took = latency
    ? [
        `Half of the calls took at most ${secondsText(latency.p50Ms)}, and 95 of 100 at most ${secondsText(latency.p95Ms)}.`,
      ]
    : [];
  const bad =
    errors.length > 0
      ? [`${countText(failed, 'calls')} failed, and ${countText(refused, 'requests')} were refused.`]
      : ['Nothing failed, and nothing was refused.'];
  return [
    `Spent ${amountText('usd', usd)} on ${countText(requests, 'requests')} with ${countText(tokens, 'tokens')}.${cached}`,
    ...took,
    ...bad,
  ].join('\n');
}

/** A line for each day, with its share of the dearest day as a bar. */
export function daysTable({ days }: StatisticsReport, terminal: Terminal): string {
  const most = Math.max(...days.map(({ total }) => total.usd));
  const rows = days.map(({ day, total, latency }) => [
    day,
    terminal.paint('green', bar(most > 0 ? total.usd / most : 0)),
    ...cellsOf(total),
    latency ? secondsText(latency.p50Ms) : '',
    latency ? secondsText(latency.p95Ms) : '',
  ]);
  const times: readonly Column[] = [
    { head: 'half within', align: 'right' },
    { head: '95 % within', align: 'right' },
  ];
  return renderTable([{ head: 'day' }, { head: '' }, ...amountColumns, ...times], rows);
}

/** The teams that stand apart, and the others together. */
export function teamsTable({ teams, others }: StatisticsReport): string {
  const rest = Object.values(others).some((amount) => amount > 0) ? [['others', ...cellsOf(others)]] : [];
  return renderTable(
    [{ head: 'team' }, ...amountColumns],
    [...teams.map(({ team, ...total }) => [team, ...cellsOf(total)]), ...rest],
  );
}

export function errorsTable({ errors }: StatisticsReport): string {
  return renderTable(
    [{ head: 'error code' }, { head: 'failed', align: 'right' }, { head: 'refused', align: 'right' }],
    errors.map(({ code, failed, refused }) => [code, String(failed), String(refused)]),
  );
}

function cellsOf(total: StatisticsAmounts): string[] {
  return amounts.map((name) => amountText(name === 'usd' ? 'usd' : 'requests', total[name]));
}

function percentText(share: number): string {
  return `${Math.round(share * 100)} %`;
}
