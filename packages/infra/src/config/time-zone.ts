import { calendarOf } from '@org/lambda/ledger/calendar';
import * as z from 'zod/mini';

/** A time zone that the function can count in. */
export const TimeZone = z
  .string()
  .check(z.refine(isTimeZone, 'must be a time zone of the IANA database, such as Europe/Berlin'));

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
