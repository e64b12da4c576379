import { momentIn, momentOf } from '@org/lambda/ledger/moment';
import { CliError } from './cli-error.ts';

/**
 * Checks a month of the command line, such as `2026-10`.
 *
 * @param now Milliseconds since 1970.
 * @throws {CliError} If it is not a month, or has not begun.
 */
export function checkMonth(month: string, now: number, timeZone: string): void {
  const isMonth = /^\d{4}-(?:0[1-9]|1[0-2])$/.test(month);
  if (isMonth && momentIn(month, timeZone).windows.month.began <= now) return;
  throw new CliError(
    isMonth ? `${month} has not begun.` : `"${month}" is not a month.`,
    'Use YYYY-MM, up to the present month, such as 2026-10.',
  );
}

/** The month that it is in a time zone, such as `2026-10`. */
export function presentMonth(now: number, timeZone: string): string {
  return momentOf(now, timeZone).month;
}

/** When a month begins and ends in a time zone, in milliseconds since 1970. */
export function rangeOfMonth(
  month: string,
  timeZone: string,
): { readonly from: number; readonly to: number } {
  const { began, ends } = momentIn(month, timeZone).windows.month;
  return { from: began, to: ends };
}
