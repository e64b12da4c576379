import { AdminError } from '../admin-error.ts';

/** @throws {AdminError} If an end is over. */
export function checkEnd(at: number | undefined, now: number): void {
  if (at !== undefined && at <= now) throw new AdminError('end_is_over', { end: new Date(at).toISOString() });
}

/** An end as it is recorded. */
export function endText(seconds: number | undefined): { readonly until: string } | undefined {
  return seconds === undefined ? undefined : { until: new Date(seconds * 1000).toISOString() };
}
