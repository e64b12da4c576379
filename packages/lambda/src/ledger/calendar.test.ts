import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { calendarOf } from './calendar.ts';

const epoch = Temporal.PlainDate.from('1970-01-01');
const timeZone = fc.constantFrom('UTC', ...Intl.supportedValuesOf('timeZone'));
const at = fc.date({ min: new Date('2026-01-01'), max: new Date('2037-01-01'), noInvalidDate: true });

test('a day and its beginning are those of an independent implementation, in every time zone', () => {
  fc.assert(
    fc.property(timeZone, at, (zone, date) => {
      const calendar = calendarOf(zone);
      const there = Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO(zone);
      const day = epoch.until(there.toPlainDate()).days;
      expect(calendar.dayAt(date.getTime())).toBe(day);
      expect(calendar.startOf(day)).toBe(there.startOfDay().epochMilliseconds);
    }),
    { numRuns: 2000 },
  );
});

test('so are the days on which clocks change, within the next years', () => {
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const calendar = calendarOf(zone);
    let change = Temporal.Instant.from('2026-01-01T00:00:00Z')
      .toZonedDateTimeISO(zone)
      .getTimeZoneTransition('next');
    for (; change && change.year < 2028; change = change.getTimeZoneTransition('next')) {
      const date = change.toPlainDate();
      for (const near of [-1, 0, 1]) {
        const day = date.add({ days: near });
        const start = day.toZonedDateTime(zone).startOfDay().epochMilliseconds;
        expect([zone, day.toString(), calendar.startOf(epoch.until(day).days)]).toEqual([
          zone,
          day.toString(),
          start,
        ]);
      }
    }
  }
});

test.each(['', 'Mars/Olympus', 'Europe/Berlin '])('%j is not a time zone', (name) => {
  expect(() => calendarOf(name)).toThrow(RangeError);
});
