import { cpus } from 'node:os';
import type { Statistics } from './measure/statistics.ts';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The median, with the quartiles in brackets. */
export function spread({ median, lowerQuartile, upperQuartile }: Statistics, digits = 2): string {
  return `${median.toFixed(digits)} (${lowerQuartile.toFixed(digits)}, ${upperQuartile.toFixed(digits)})`;
}

/** What it was measured on. */
export function machine(): string {
  return `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`;
}
