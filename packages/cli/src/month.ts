import { CliError } from './cli-error.ts';

/**
 * Checks a month of the command line, such as `2026-10`.
 *
 * @param now Milliseconds since 1970.
 * @throws {CliError} If it is not a month, or has not begun.
 */
export function checkMonth(month: string, now: number): void {
  const start = /^\d{4}-(?:0[1-9]|1[0-2])$/.test(month) ? Date.parse(`${month}-01T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(start) && start <= now) return;
  throw new CliError(
    Number.isNaN(start) ? `"${month}" is not a month.` : `${month} has not begun.`,
    'Use YYYY-MM, up to the present month, such as 2026-10.',
  );
}
