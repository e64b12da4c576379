import { type LimitPeriod, longestCallMs } from '@org/contract';
import type { Duration, InFlightSlot, Slot, WindowName } from '@org/table';
import { type Calendar, calendarOf } from './calendar.ts';

/** A window of a period: a certain day, for example. */
export interface Window extends WindowName {
  /** The month in which it began, whose item has its counters: `2026-11`. */
  readonly month: string;
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly ends: number;
}

/** A point in time, as the counters see it. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `2026-11`. */
  readonly month: string;
  /** The windows that it is in. */
  readonly windows: Readonly<Record<LimitPeriod, Window>>;
  readonly calendar: Calendar;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Lengths of the periods that are numbered through their month. */
const lengthMs = { minute: 60_000, hour: 3_600_000 } as const;

/**
 * The windows at a time, by the calendar of a time zone.
 *
 * @param at Milliseconds since 1970.
 * @param timeZone A name of the IANA database, such as `Europe/Berlin`.
 */
export function momentOf(at: number, timeZone: string): Moment {
  return momentBy(at, calendarOf(timeZone));
}

/** The same, by a calendar. */
export function momentBy(at: number, calendar: Calendar): Moment {
  const day = calendar.dayAt(at);
  // Day 0 was a Thursday.
  const monday = day - ((((day + 3) % 7) + 7) % 7);
  const month = monthOf(day);
  const numberOf = (period: keyof typeof lengthMs) =>
    Math.floor((at - zeroOf(period, month, calendar)) / lengthMs[period]);
  const window = (period: LimitPeriod, of: string, number: number): Window => ({
    ...{ period, month: of, number },
    ...rangeOf({ period, number }, of, calendar),
  });
  const windows = {
    minute: window('minute', month, numberOf('minute')),
    hour: window('hour', month, numberOf('hour')),
    day: window('day', month, dayOfMonth(day)),
    week: window('week', monthOf(monday), dayOfMonth(monday)),
    month: window('month', month, 0),
  };
  return { at, month, windows, calendar };
}

/** The day at a moment: `2026-11-22`. */
export function dateOf({ month, windows }: Moment): string {
  return `${month}-${String(windows.day.number).padStart(2, '0')}`;
}

/**
 * A moment of a month, far from its edges.
 *
 * @param month `2026-11`.
 */
export function momentIn(month: string, timeZone: string): Moment {
  return momentOf((firstDayOf(month) + 14) * dayMs, timeZone);
}

/** When a window of a month's item begins and ends, in milliseconds since 1970. */
function rangeOf(
  { period, number }: WindowName,
  month: string,
  calendar: Calendar,
): Pick<Window, 'began' | 'ends'> {
  const first = firstDayOf(month);
  const days = (from: number, to: number) => ({ began: calendar.startOf(from), ends: calendar.startOf(to) });
  switch (period) {
    case 'month':
      return days(first, firstDayAfter(first));
    case 'week':
      return days(first + number - 1, first + number + 6);
    case 'day':
      return days(first + number - 1, first + number);
    case 'hour':
    case 'minute': {
      const began = zeroOf(period, month, calendar) + number * lengthMs[period];
      return { began, ends: Math.min(began + lengthMs[period], calendar.startOf(firstDayAfter(first))) };
    }
  }
}

/**
 * When the hour or the minute with number 0 began: a day before the month does in UTC, so that a change of the time zone
 * does not change the numbers. Hours begin when the month does, which in some time zones is not on the hour of UTC.
 */
function zeroOf(period: keyof typeof lengthMs, month: string, calendar: Calendar): number {
  return dayBefore(month) + (calendar.startOf(firstDayOf(month)) % lengthMs[period]);
}

function dayBefore(month: string): number {
  return (firstDayOf(month) - 1) * dayMs;
}

function firstDayOf(month: string): number {
  return Date.parse(`${month}-01T00:00:00Z`) / dayMs;
}

/** The first day of the next month. */
function firstDayAfter(first: number): number {
  return firstDayOf(monthOf(first + 31));
}

function monthOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 7);
}

function dayOfMonth(day: number): number {
  return new Date(day * dayMs).getUTCDate();
}

/**
 * Holds are counted in slots of time, numbered from the beginning of their window, so that each window's holds are known
 * separately. A call is over before its slot's length has passed again after the slot. A hold left after that belongs to a
 * call that died, and counts as charged. So a slot is longer than a call can last, with room for the time to begin. Longer
 * calls have their own slots: in short slots their holds would count as dead, and in long slots dead holds of other calls
 * would count as live.
 */
const slotMs: Readonly<Record<Duration, number>> = {
  short: longestCallMs.whole + 60_000,
  long: longestCallMs.stream + 60_000,
};

/** The slot of a window for a call that begins now. */
export function slotOf({ at, windows }: Moment, period: LimitPeriod, duration: Duration): Slot {
  const window = windows[period];
  return { window, duration, number: Math.floor((at - window.began) / slotMs[duration]) };
}

/** Whether the holds of a slot in a month's item can be of calls in flight. */
export function isLive(slot: Slot, month: string, { at, calendar }: Moment): boolean {
  return endOf(slot, month, calendar) + slotMs[slot.duration] > at;
}

/** Whether a slot's holds are of dead calls only, and no settlement, however late, will change it. */
export function isOver(slot: Slot, month: string, { at, calendar }: Moment): boolean {
  return endOf(slot, month, calendar) + 2 * slotMs[slot.duration] <= at;
}

/** The last slot of a window ends with it. */
function endOf({ window, duration, number }: Slot, month: string, calendar: Calendar): number {
  const { began, ends } = rangeOf(window, month, calendar);
  return Math.min(began + (number + 1) * slotMs[duration], ends);
}

/** The slot of a month's item for a call in flight that begins now. The month may be the one before. */
export function inFlightSlotOf({ at }: Moment, month: string, duration: Duration): InFlightSlot {
  return { duration, number: Math.floor((at - dayBefore(month)) / slotMs[duration]) };
}

/** Whether calls of a slot in a month's item can be in flight. */
export function isInFlight(slot: InFlightSlot, month: string, { at }: Moment): boolean {
  return endOfInFlight(slot, month) + slotMs[slot.duration] > at;
}

/** Whether no call of a slot in a month's item, however late, will still begin or end. */
export function isInFlightOver(slot: InFlightSlot, month: string, { at }: Moment): boolean {
  return endOfInFlight(slot, month) + 2 * slotMs[slot.duration] <= at;
}

function endOfInFlight({ duration, number }: InFlightSlot, month: string): number {
  return dayBefore(month) + (number + 1) * slotMs[duration];
}

/** The month before, if calls that began in it can still be in flight. */
export function monthStillInFlight({ at, windows }: Moment): string | undefined {
  const { month, began } = windows.month;
  return at - began < slotMs.long ? monthOf(firstDayOf(month) - 1) : undefined;
}
