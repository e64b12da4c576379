import { dateOf, momentOf } from '@org/lambda/ledger/moment';

const hourMs = 3_600_000;

/** A calendar day of a time zone. Milliseconds since 1970; the first moment that is not in it any more ends it. */
export interface Day {
  readonly began: number;
  readonly ends: number;
}

/**
 * The day `2026-12-31` in a time zone.
 *
 * @returns Undefined if the text is not a day.
 */
export function dayIn(text: string, timeZone: string): Day | undefined {
  const start = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // 2026-02-30 would be March 2, and is not found below.
  if (Number.isNaN(start)) return undefined;
  // Noon in UTC is the same day in every zone but those that are more than 12 hours ahead.
  const moments = [12, 0].map((hour) => momentOf(start + hour * hourMs, timeZone));
  return moments.find((moment) => dateOf(moment) === text)?.windows.day;
}
