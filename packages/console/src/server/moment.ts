import { type Deployment, dayIn } from '@org/admin';
import { momentOf } from '@org/lambda/ledger/moment';
import * as z from 'zod/mini';

/** A day, at whose end in the deployment's time zone it is; or a moment with its offset: `2026-12-31T18:00:00Z`. */
export const End = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** @returns Milliseconds since 1970, of a whole second, because the table keeps seconds. */
export function endOf(text: string, timeZone: string): number {
  return dayIn(text, timeZone)?.ends ?? Math.floor(Date.parse(text) / 1000) * 1000;
}

/** `2026-11`. Default: the present month. */
export const Month = z.optional(
  z.string().check(z.regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'must be a month such as 2026-11')),
);

export function presentMonth({ now, config }: Deployment): string {
  return momentOf(now(), config.timeZone).month;
}
