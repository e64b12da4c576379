import { chargeText, type UsageBreakdown } from '@org/admin';
import { amountText } from '@org/contract';
import { type Column, renderTable } from './table.ts';

/** The amounts of a breakdown of usage (`usage --by`), in the order of their columns. */
const numbers = ['requests', 'inputTokens', 'outputTokens', 'tokens', 'usd', 'errors'] as const;

const heads: Readonly<Record<(typeof numbers)[number], string>> = {
  requests: 'requests',
  inputTokens: 'input',
  outputTokens: 'output',
  tokens: 'tokens',
  usd: 'usd',
  errors: 'errors',
};

/** A breakdown for people. */
export function breakdownTable({ by, rows }: UsageBreakdown): string {
  const columns: Column[] = [
    ...by.map((head) => ({ head })),
    ...numbers.map((name) => ({ head: heads[name], align: 'right' as const })),
    { head: 'last call' },
  ];
  return renderTable(
    columns,
    rows.map((row) => [
      ...by.map((dimension) => row.of[dimension] ?? '-'),
      ...numbers.map((name) => amountText(name === 'usd' ? 'usd' : 'tokens', row[name])),
      row.lastCall.slice(0, 16).replace('T', ' '),
    ]),
  );
}

/** The sum of all rows, in a line. */
export function breakdownTotal({ total }: UsageBreakdown): string {
  return `Together: ${chargeText(total)}.`;
}

/**
 * A breakdown for a spreadsheet: a line with the names, and one for each row. A breakdown by key has the key's id too.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function breakdownCsv({ by, rows }: UsageBreakdown): string {
  const names = by.flatMap((dimension) => (dimension === 'key' ? ['key', 'keyId'] : [dimension]));
  const lines = rows.map((row) => [
    ...by.flatMap((dimension) =>
      dimension === 'key' ? [row.of.key ?? '', row.keyId ?? ''] : [row.of[dimension] ?? ''],
    ),
    // Exact, and never with an exponent.
    ...numbers.map((name) => (name === 'usd' ? row.usd.toFixed(6) : String(row[name]))),
    row.lastCall,
  ]);
  return [[...names, ...numbers, 'lastCall'], ...lines]
    .map((cells) => cells.map(quoted).join(','))
    .join('\n');
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
