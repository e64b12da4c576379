import { amountText, type Usage } from '@org/admin';
import { type LimitKind, type LimitStatus, limitKinds } from '@org/contract';
import type { Style, Terminal } from '../terminal.ts';
import { bar } from './bar.ts';
import { formatDuration } from './duration.ts';
import { renderTable } from './table.ts';

const columns = [
  { head: 'team' },
  { head: 'plan' },
  { head: 'limit' },
  { head: '' },
  { head: '', align: 'right' },
  { head: 'used', align: 'right' },
  { head: 'max', align: 'right' },
  { head: 'resets in' },
] as const;

/** What was used, for people: a line a limit; without limits a line a kind. */
export function usageTable(usage: readonly Usage[], terminal: Terminal, now: number): string {
  const rows = usage.flatMap((each) => {
    const head = [each.key ? `  ${each.key}` : each.team, each.plan ?? '-'];
    if (each.inconsistent) return [[...head, terminal.paint('red', 'inconsistent')]];
    // Of a team that was removed, what it used is all that there is to say.
    const told = each.counted || (each.plan === undefined && each.used.month);
    if (!told) return [[...head, 'not counted']];
    const lines =
      each.limits.length > 0
        ? each.limits.map((limit) => limitCells(limit, terminal, now))
        : limitKinds.map((kind) => unlimitedCells(kind, each));
    return lines.map((cells, index) => [...(index === 0 ? head : ['', '']), ...cells]);
  });
  return renderTable(columns, rows);
}

function limitCells(status: LimitStatus, terminal: Terminal, now: number): string[] {
  const { limit, period, max, used, resetsAt } = status;
  const kind = kindOf(limit);
  const fraction = max > 0 ? used / max : 1;
  const left = Date.parse(resetsAt) - now;
  return [
    `${limit}/${period}`,
    terminal.paint(styleOf(fraction), bar(fraction)),
    `${Math.floor(fraction * 100)} %`,
    amountText(kind, used),
    amountText(kind, max),
    left > 0 ? formatDuration(left) : '',
  ];
}

function unlimitedCells(kind: LimitKind, { plan, used }: Usage): string[] {
  return [
    `${kind}/month`,
    '',
    '',
    amountText(kind, used.month?.[kind] ?? 0),
    plan === undefined ? '' : 'no limit',
  ];
}

function styleOf(fraction: number): Style {
  if (fraction >= 1) return 'red';
  return fraction >= 0.8 ? 'yellow' : 'green';
}

function kindOf(limit: string): LimitKind {
  return limitKinds.find((kind) => kind === limit) ?? 'requests';
}
