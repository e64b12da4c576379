import { dayIn } from '@org/admin';
import * as z from 'zod/mini';

/** A day, at whose end in the deployment's time zone it is; or a moment with its offset: `2026-12-31T18:00:00Z`. */
export const End = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** @returns Milliseconds since 1970, of a whole second, because the table keeps seconds. */
export function endOf(text: string, timeZone: string): number {
  return dayIn(text, timeZone)?.ends ?? Math.floor(Date.parse(text) / 1000) * 1000;
}
