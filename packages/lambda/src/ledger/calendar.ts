const dayMs = 24 * 60 * 60 * 1000;
const minuteMs = 60_000;

/** The days of a time zone, numbered from 1970-01-01 as day 0. */
export interface Calendar {
  /** The day at a time, in milliseconds since 1970. */
  dayAt(at: number): number;
  /** When a day begins, in milliseconds since 1970: mostly at midnight, and later if clocks skip midnight. */
  startOf(day: number): number;
}

const utc: Calendar = {
  dayAt: (at) => Math.floor(at / dayMs),
  startOf: (day) => day * dayMs,
};

const calendars = new Map([['UTC', utc]]);

/**
 * The calendar of a time zone, by the time zone database that Node brings.
 *
 * @param timeZone A name of the IANA database, such as `Europe/Berlin`.
 * @throws {RangeError} If Node does not know the time zone.
 * @example
 * const berlin = calendarOf('Europe/Berlin');
 * new Date(berlin.startOf(berlin.dayAt(Date.parse('2026-11-21T23:30:00Z')))); // 2026-11-21T23:00:00Z
 */
export function calendarOf(timeZone: string): Calendar {
  const known = calendars.get(timeZone) ?? readCalendar(timeZone);
  calendars.set(timeZone, known);
  return known;
}

function readCalendar(timeZone: string): Calendar {
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', ...numeric });
  const dayAt = (at: number) => {
    const [month = 0, day = 0, year = 0] = format.format(at).split('/').map(Number);
    return Date.UTC(year, month - 1, day) / dayMs;
  };
  const starts = new Map<number, number>();
  const startOf = (day: number) => {
    const start = starts.get(day) ?? firstMinute(day, dayAt);
    starts.set(day, start);
    return start;
  };
  return { dayAt, startOf };
}

/** The first minute of a day, found by halves, because no formula is true where clocks skip or repeat midnight. */
function firstMinute(day: number, dayAt: (at: number) => number): number {
  // Clocks of the world are up to 14 hours before UTC and up to 12 behind it.
  let [before, first] = [day * dayMs - 15 * 60 * minuteMs, day * dayMs + 15 * 60 * minuteMs];
  while (first - before > minuteMs) {
    const middle = before + Math.floor((first - before) / 2 / minuteMs) * minuteMs;
    if (dayAt(middle) < day) before = middle;
    else first = middle;
  }
  return first;
}
