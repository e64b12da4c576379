import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const now = Date.UTC(2026, 10, 22, 12);
const read = (headers: Record<string, string>) => readRetryAfter(new Headers(headers), now);

test.each([
  ['0', 0],
  ['1', 1000],
  ['0.5', 500],
  ['43200', 43_200_000],
  ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
  ['Sunday, 22-Nov-26 12:00:30 GMT', 30_000],
  ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
])('retry-after "%s" is %d ms', (value, ms) => {
  expect(read({ 'retry-after': value })).toBe(ms);
});

test.each([
  '',
  '-5',
  'soon',
  'soon 1',
  '1e3',
  'NaN',
  'Infinity',
  '2026-11-22',
  'Sun, 99 Nov 2026 12:00:30 GMT',
])('retry-after "%s" is not a hint', (value) => {
  expect(read({ 'retry-after': value })).toBeUndefined();
});

test('milliseconds are more exact than seconds, so they are read first', () => {
  expect(read({ 'retry-after-ms': '120.5', 'retry-after': '1' })).toBe(120.5);
});

test('milliseconds that cannot be read leave the seconds', () => {
  expect(read({ 'retry-after-ms': 'x', 'retry-after': '1' })).toBe(1000);
});

test('without a header there is no hint', () => {
  expect(read({})).toBeUndefined();
});

test('any text gives no hint, or a wait that is a finite number and not negative', () => {
  const number = fc.oneof(fc.double(), fc.bigInt()).map(String);
  const date = fc.date({ noInvalidDate: true }).map((day) => day.toUTCString());
  const headerText = fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map((c) => String.fromCharCode(c)),
  });
  fc.assert(
    fc.property(fc.oneof(headerText, number, date), (value) => {
      const ms = read({ 'retry-after': value });
      expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true);
    }),
  );
});
