import { expect, test } from 'vitest';
import {
  amount,
  bytes,
  change,
  count,
  counted,
  day,
  duration,
  end,
  limitName,
  moment,
  money,
  month,
  monthAfter,
  monthOf,
  percent,
  shortMoney,
  untilThen,
} from './words.ts';

test('numbers are written as the reader writes them', () => {
  expect(count(1234567, 'en')).toBe('1,234,567');
  expect(count(1234567, 'de')).toBe('1.234.567');
  expect(money(1234.5, 'en')).toBe('$1,234.50');
  expect(money(1234.5, 'de')).toBe('1.234,50\u00a0$');
  expect(percent(0.256, 'en')).toBe('26%');
  expect(percent(0.006, 'en')).toBe('0.6%');
  expect(duration(850, 'en')).toBe('850 ms');
  expect(duration(2440, 'en')).toBe('2.4 sec');
  expect(bytes(1_240_000, 'en')).toBe('1.2 MB');
  expect(bytes(0, 'en')).toBe('0 byte');
  expect(counted(1, 'key')).toBe('1 key');
  expect(counted(1200, 'key', 'keys', 'en')).toBe('1,200 keys');
});

test('a small amount of money keeps the digits that matter', () => {
  expect(money(0.000123, 'en')).toBe('$0.00012');
  expect(money(0.03, 'en')).toBe('$0.03');
  expect(money(0, 'en')).toBe('$0.00');
  expect(shortMoney(0.4, 'en')).toBe('$0.40');
  expect(shortMoney(2, 'en')).toBe('$2');
  expect(shortMoney(12_500, 'en')).toBe('$12.5K');
});

test('an amount has the unit of what is limited', () => {
  expect(amount('usd', 5, 'en')).toBe('$5.00');
  expect(amount('tokens', 5000, 'en')).toBe('5,000');
  expect(limitName('usd', 'day')).toBe('Spend per day');
  expect(limitName('cost_points', 'fortnight')).toBe('Cost_points per fortnight');
});

test('a change is against something', () => {
  expect(change(12, 10, 'en')).toBe('+20%');
  expect(change(10, 10, 'en')).toBe('0%');
  expect(change(10, 0, 'en')).toBeUndefined();
  expect(change(10, undefined, 'en')).toBeUndefined();
});

test("moments are in the deployment's time zone, wherever the reader is", () => {
  expect(moment('2026-11-03T13:03:00Z', 'Europe/Berlin', 'en-GB')).toBe('3 Nov 2026, 14:03');
  expect(moment('2026-11-03T13:03:00Z', 'Asia/Tokyo', 'en-GB')).toBe('3 Nov 2026, 22:03');
  expect(monthOf(Date.parse('2026-10-31T23:30:00Z'), 'Europe/Berlin')).toBe('2026-11');
  expect(monthOf(Date.parse('2026-10-31T23:30:00Z'), 'UTC')).toBe('2026-10');
});

test('the end of a day is said as that day', () => {
  expect(end('2026-12-31T23:00:00Z', 'Europe/Berlin', 'en-GB')).toBe('the end of 31 Dec 2026');
  expect(end('2026-12-31T23:00:00Z', 'UTC', 'en-GB')).toBe('31 Dec 2026, 23:00');
});

test('days and months are no moments, so no time zone moves them', () => {
  expect(day('2026-11-03', 'short', 'en-GB')).toBe('3 Nov');
  expect(month('2026-11', 'en')).toBe('November 2026');
  expect(monthAfter('2026-01', -1)).toBe('2025-12');
  expect(monthAfter('2026-11', 2)).toBe('2027-01');
});

test('how far a moment is has the largest unit that fits', () => {
  const now = Date.parse('2026-11-03T12:00:00Z');
  expect(untilThen('2026-11-06T13:00:00Z', now, 'en')).toBe('in 3 days');
  expect(untilThen('2026-11-03T15:30:00Z', now, 'en')).toBe('in 3 hours');
  expect(untilThen('2026-11-03T12:02:00Z', now, 'en')).toBe('in 2 minutes');
  expect(untilThen('2026-11-03T12:00:20Z', now, 'en')).toBe('in 20 seconds');
});
