import { calendarOf } from '@org/lambda/ledger/calendar';
import * as z from 'zod/mini';
import { correction } from './correction.ts';

/** A time zone that the function can count in. */
export const TimeZone = z.string().check(
  z.refine(isTimeZone, {
    error: ({ input }) => {
      const remedy = correction(
        String(input),
        Intl.supportedValuesOf('timeZone'),
        'give one such as Europe/Berlin',
      );
      return `"${input}" is not a time zone of the IANA database; ${remedy}`;
    },
  }),
);

function isTimeZone(name: string): boolean {
  // Offsets are not names, and have no daylight saving.
  if (/^[+-]/.test(name)) return false;
  try {
    calendarOf(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
