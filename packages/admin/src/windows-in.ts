import type { LimitPeriod } from '@org/contract';

/**
 * How many windows of one period a window of another can touch, at the most: 31 days a month, 7 days a week, one month a
 * day.
 *
 * @param timeZone Clocks are set back in all but UTC, perhaps, so a day, week or month can be an hour longer.
 */
export function windowsIn(counted: LimitPeriod, span: LimitPeriod, timeZone: string): number {
  const more = timeZone === 'UTC' ? 0 : 1;
  const hours = { minute: 1, hour: 1, day: 24 + more, week: 7 * 24 + more, month: 31 * 24 + more };
  const days = { minute: 1, hour: 1, day: 1, week: 7, month: 31 };
  switch (counted) {
    case 'minute':
      return span === 'minute' ? 1 : 60 * hours[span];
    case 'hour':
      return hours[span];
    case 'day':
      return days[span];
    case 'week':
      return span === 'month' ? 6 : 1;
    case 'month':
      return span === 'week' ? 2 : 1;
  }
}
