import type { Finding } from '@org/admin';
import type { Style, Terminal } from '../terminal.ts';

const styles: Readonly<Record<Finding['status'], Style>> = { ok: 'green', warning: 'yellow', error: 'red' };

/** A line each, and below it what to do. */
export function describeFindings(findings: readonly Finding[], terminal: Terminal): string {
  return findings
    .map(({ subject, status, what, whatToDo }) => {
      const line = `${terminal.paint(styles[status], status.padEnd('warning'.length))}  ${subject}: ${what}`;
      return whatToDo === undefined ? line : `${line}\n${' '.repeat('warning  '.length)}${whatToDo}`;
    })
    .join('\n');
}
