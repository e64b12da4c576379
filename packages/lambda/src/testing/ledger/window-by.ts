import type { LimitPeriod } from '@org/contract';
import { Temporal } from 'temporal-polyfill';

/** A window, in milliseconds since 1970. */
interface Range {
  readonly began: number;
  readonly ends: number;
}

/** The window of a period at a time, by an independent implementation of time zones. */
export function windowBy(period: LimitPeriod, at: number, timeZone: string): Range {
  const there = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const date = there.toPlainDate();
  const days = (first: Temporal.PlainDate, length: Temporal.DurationLike): Range => {
    const startOf = (day: Temporal.PlainDate) => day.toZonedDateTime(timeZone).epochMilliseconds;
    return { began: startOf(first), ends: startOf(first.add(length)) };
  };
  switch (period) {
    case 'month':
      return days(date.with({ day: 1 }), { months: 1 });
    case 'week':
      return days(date.subtract({ days: date.dayOfWeek - 1 }), { weeks: 1 });
    case 'day':
      return days(date, { days: 1 });
    case 'hour':
    case 'minute': {
      const began = there.round({ smallestUnit: period, roundingMode: 'floor' }).epochMilliseconds;
      return { began, ends: began + (period === 'hour' ? 3_600_000 : 60_000) };
    }
  }
}
