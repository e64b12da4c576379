import { limitPeriods, longestCallMs } from '@org/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { windowBy } from '../testing/ledger/window-by.ts';
import { hasSlots } from './account.ts';
import { isLive, isOver, momentIn, momentOf, slotOf } from './moment.ts';

const at = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2037-01-01') });
/** Whole hours from UTC, and not; north and south; clocks that change at midnight, and by half an hour. */
const zones = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Pacific/Niue'],
  ...['Africa/Cairo', 'America/Santiago', 'Australia/Lord_Howe', 'America/St_Johns', 'Asia/Kathmandu'],
];
const zone = fc.constantFrom(...zones);
const duration = fc.constantFrom('short' as const, 'long' as const);
const withSlots = fc.constantFrom(...limitPeriods.filter(hasSlots));
const longest = { short: longestCallMs.whole, long: longestCallMs.stream };

test('windows begin and end as those of an independent implementation, in every time zone', () => {
  // The hours of Lord Howe Island, whose clocks change by half an hour, go on until the month ends.
  const others = fc.constantFrom(
    ...Intl.supportedValuesOf('timeZone').filter((name) => !name.includes('Howe')),
  );
  fc.assert(
    fc.property(fc.oneof(zone, others), at, (timeZone, now) => {
      const { windows } = momentOf(now, timeZone);
      for (const period of limitPeriods) {
        if (timeZone === 'Australia/Lord_Howe' && period === 'hour') continue;
        expect(windows[period]).toMatchObject(windowBy(period, now, timeZone));
      }
    }),
    { numRuns: 1500 },
  );
});

test('a time is within its windows, and the next window begins where one ends', () => {
  fc.assert(
    fc.property(zone, at, fc.constantFrom(...limitPeriods), (timeZone, now, period) => {
      const window = momentOf(now, timeZone).windows[period];
      expect(window.began <= now && now < window.ends).toBe(true);
      for (const inside of [window.began, window.ends - 1]) {
        expect(momentOf(inside, timeZone).windows[period]).toEqual(window);
      }
      const next = momentOf(window.ends, timeZone).windows[period];
      expect(next.began).toBe(window.ends);
      expect([next.month, next.number]).not.toEqual([window.month, window.number]);
    }),
  );
});

test('only a week can have begun in another month', () => {
  fc.assert(
    fc.property(zone, at, (timeZone, now) => {
      const { month, windows } = momentOf(now, timeZone);
      for (const period of limitPeriods) {
        if (period !== 'week') expect(windows[period].month).toBe(month);
      }
      expect(momentOf(windows.week.began, timeZone).month).toBe(windows.week.month);
    }),
  );
});

test('a change of the time zone leaves the numbers of minutes as they were, and of hours within one', () => {
  fc.assert(
    fc.property(zone, zone, at, (before, after, now) => {
      const [one, other] = [momentOf(now, before), momentOf(now, after)];
      fc.pre(one.month === other.month);
      expect(other.windows.minute.number).toBe(one.windows.minute.number);
      expect(Math.abs(other.windows.hour.number - one.windows.hour.number)).toBeLessThanOrEqual(1);
    }),
  );
});

test('a moment of a month is in that month', () => {
  fc.assert(
    fc.property(zone, at, (timeZone, now) => {
      const month = new Date(now).toISOString().slice(0, 7);
      expect(momentIn(month, timeZone).month).toBe(month);
    }),
  );
});

test("every call that began within a call's longest time is in a live slot", () => {
  fc.assert(
    fc.property(
      ...([zone, at, duration, withSlots, fc.double({ min: 0, max: 1, noNaN: true })] as const),
      (timeZone, now, kind, period, share) => {
        const [moment, began] = [momentOf(now, timeZone), momentOf(now - share * longest[kind], timeZone)];
        expect(isLive(slotOf(began, period, kind), began.windows[period].month, moment)).toBe(true);
      },
    ),
  );
});

test('no live slot is over, and no slot that a late settlement may still change', () => {
  fc.assert(
    fc.property(
      ...([zone, at, duration, fc.integer({ min: 1, max: 28 }), fc.nat({ max: 288 })] as const),
      (timeZone, now, kind, day, number) => {
        const moment = momentOf(now, timeZone);
        const slot = { window: { period: 'day' as const, number: day }, duration: kind, number };
        expect(isLive(slot, moment.month, moment) && isOver(slot, moment.month, moment)).toBe(false);
        const late = momentOf(now - 2 * longest[kind], timeZone);
        expect(isOver(slotOf(late, 'day', kind), late.month, moment)).toBe(false);
      },
    ),
  );
});

test('a call that is long over is in a slot that is over', () => {
  fc.assert(
    fc.property(zone, at, duration, withSlots, (timeZone, now, kind, period) => {
      const [moment, began] = [momentOf(now, timeZone), momentOf(now - 4 * longest[kind], timeZone)];
      const slot = slotOf(began, period, kind);
      const { month } = began.windows[period];
      expect([isLive(slot, month, moment), isOver(slot, month, moment)]).toEqual([false, true]);
    }),
  );
});

test('no two slots of a month are the same', () => {
  fc.assert(
    fc.property(zone, at, duration, withSlots, (timeZone, now, kind, period) => {
      const [moment, later] = [momentOf(now, timeZone), momentOf(now + 3 * longest[kind], timeZone)];
      fc.pre(moment.month === later.month);
      expect(slotOf(later, period, kind)).not.toEqual(slotOf(moment, period, kind));
    }),
  );
});
