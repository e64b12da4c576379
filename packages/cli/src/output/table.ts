import Table from 'cli-table3';
import { escapedLine } from '../terminal.ts';

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
}

const borders = [
  ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
  ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
];

/** Columns without borders, for people and for `awk`. Cells may be coloured, and missing at the end of a row. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map(({ head }) => head.toUpperCase()),
    colAligns: columns.map(({ align = 'left' }) => align),
    chars: { ...Object.fromEntries(borders.map((name) => [name, ''])), middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => columns.map((_, index) => escapedLine(row[index] ?? ''))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
