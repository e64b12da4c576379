import { longestCallMs } from '@org/contract';
import { calendarOf } from '@org/lambda/ledger/calendar';
import { AdminError } from './admin-error.ts';

/** First and last day, `2026-11-01`, as the limits count days. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

const dayMs = 24 * 60 * 60 * 1000;

/** The first and the last day of a month, `2026-11`. */
export function daysOfMonth(month: string): Days {
  const first = numberOf(`${month}-01`);
  const last = numberOf(`${dayOf(first + 31).slice(0, 7)}-01`) - 1;
  return { from: dayOf(first), to: dayOf(last) };
}

/** Every day of a range. */
export function daysIn({ from, to }: Days): string[] {
  const first = numberOf(from);
  return Array.from({ length: Math.max(0, numberOf(to) - first + 1) }, (_, index) => dayOf(first + index));
}

/**
 * Checks days that a person typed.
 *
 * @throws {AdminError} If one is not a day, or the first is after the last.
 */
export function checkDays({ from, to }: Days): void {
  const wrong = [from, to].find((day) => !isDay(day));
  if (wrong !== undefined) throw new AdminError('not_a_day', { day: wrong });
  if (from > to) throw new AdminError('days_are_reversed', { from, to });
}

/**
 * When the lines of the calls that began on these days are written, in milliseconds since 1970. A line is written when its call
 * ends, so some lines of the next day are written in that time too.
 */
export function logTimeOf(
  { from, to }: Days,
  timeZone: string,
): { readonly from: number; readonly to: number } {
  const calendar = calendarOf(timeZone);
  return {
    from: calendar.startOf(numberOf(from)),
    to: calendar.startOf(numberOf(to) + 1) + longestCallMs.stream,
  };
}

/** The day after a day. */
export function dayAfter(day: string): string {
  return dayOf(numberOf(day) + 1);
}

function isDay(day: string): boolean {
  const number = numberOf(day);
  return !Number.isNaN(number) && dayOf(number) === day;
}

function numberOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / dayMs;
}

function dayOf(number: number): string {
  return new Date(number * dayMs).toISOString().slice(0, 10);
}
