import { countText, shareOf, type Usage } from '@org/admin';
import {
  amountText,
  type CallsAtOnceStatus,
  type LimitKind,
  type LimitPace,
  limitKinds,
} from '@org/contract';
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
  // Each only if a limit needs it.
  { head: 'lasts for' },
  { head: 'pace allows' },
] as const;
const optional = new Set(['lasts for', 'pace allows']);

/**
 * Usage for people: a line for each limit, or for each kind if there are no limits.
 *
 * @param grouped Whether each key comes after its team. Otherwise the team is named with it.
 */
export function usageTable(
  usage: readonly Usage[],
  terminal: Terminal,
  now: number,
  { grouped }: { readonly grouped: boolean } = { grouped: true },
): string {
  const rows = usage.flatMap((each) => {
    const { team, key } = each;
    const name = key === undefined ? team : grouped ? `  ${key}` : `${team}, key ${key}`;
    const head = [name, each.plan ?? '-'];
    if (each.inconsistent) return [[...head, terminal.paint('red', 'inconsistent')]];
    // A removed team has only its usage.
    const told = each.counted || (each.plan === undefined && each.used.month);
    if (!told) return [[...head, 'not counted']];
    const { callsAtOnce } = each;
    const lines = [
      ...(each.limits.length > 0
        ? each.limits.map((limit) => limitCells(limit, terminal, now))
        : limitKinds.map((kind) => unlimitedCells(kind, each))),
      ...(callsAtOnce ? [atOnceCells(callsAtOnce, terminal)] : []),
    ];
    return lines.map((cells, index) => [...(index === 0 ? head : ['', '']), ...cells]);
  });
  const isShown = columns.map(({ head }, index) => !optional.has(head) || rows.some((row) => row[index]));
  const shown = <Cell>(cells: readonly Cell[]) => cells.filter((_, index) => isShown[index]);
  return renderTable(shown(columns), rows.map(shown));
}

function limitCells(status: LimitPace, terminal: Terminal, now: number): string[] {
  const { limit, period, max, used, allowedNow, resetsAt, lastsUntil } = status;
  const kind = kindOf(limit);
  const fraction = shareOf(status);
  const until = (time: string) => {
    const left = Date.parse(time) - now;
    return left > 0 ? formatDuration(left) : '';
  };
  return [
    `${limit}/${period}`,
    terminal.paint(styleOf(fraction), bar(fraction)),
    `${Math.floor(fraction * 100)} %`,
    amountText(kind, used),
    amountText(kind, max),
    until(resetsAt),
    lastsUntil === undefined ? '' : until(lastsUntil),
    allowedNow === undefined ? '' : amountText(kind, allowedNow),
  ];
}

function atOnceCells({ inFlight, max }: CallsAtOnceStatus, terminal: Terminal): string[] {
  const fraction = inFlight / max;
  return [
    'calls at once',
    terminal.paint(styleOf(fraction), bar(fraction)),
    `${Math.floor(fraction * 100)} %`,
    amountText('requests', inFlight),
    amountText('requests', max),
    '',
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

/** The sum over teams, in a line. A key's usage is in its team's. */
export function usageTotal(usage: readonly Usage[], when = 'this month'): string {
  const teams = usage.filter(({ key }) => key === undefined);
  const total = limitKinds.map((kind) => {
    const used = teams.reduce((sum, { used: { month } }) => sum + (month?.[kind] ?? 0), 0);
    return kind === 'usd' ? amountText(kind, used) : countText(used, kind);
  });
  const by = teams.length === 1 ? 'this team' : `these ${teams.length} teams`;
  return `Used ${when} by ${by}: ${total.join(', ')}.`;
}
