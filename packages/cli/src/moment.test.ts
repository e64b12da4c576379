import { expect, test } from 'vitest';
import { parseEnd, parseStart } from './moment.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

test.each([
  ['2026-12-31', 'UTC', '2027-01-01T00:00:00.000Z'],
  ['2028-02-29', 'UTC', '2028-03-01T00:00:00.000Z'],
  ['2026-12-31', 'Europe/Berlin', '2026-12-31T23:00:00.000Z'],
  ['2027-03-28', 'Europe/Berlin', '2027-03-28T22:00:00.000Z'],
  ['2026-12-31', 'Pacific/Kiritimati', '2026-12-31T10:00:00.000Z'],
  ['2026-12-31', 'Etc/GMT+12', '2027-01-01T12:00:00.000Z'],
  ['2026-12-31T18:00', 'Europe/Berlin', '2026-12-31T18:00:00.000Z'],
  ['2026-12-31T18:00:30Z', 'UTC', '2026-12-31T18:00:30.000Z'],
  ['2026-12-31T18:00+02:00', 'UTC', '2026-12-31T16:00:00.000Z'],
  ['8h', 'UTC', '2026-11-22T20:00:00.000Z'],
  ['1d12h', 'UTC', '2026-11-24T00:00:00.000Z'],
])('%s in %s ends at %s', (text, timeZone, moment) => {
  expect(new Date(parseEnd(text, now, timeZone)).toISOString()).toBe(moment);
});

test.each([
  ['2026-11-01', 'UTC', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01', 'Europe/Berlin', '2026-10-31T23:00:00.000Z'],
  ['7d', 'UTC', '2026-11-15T12:00:00.000Z'],
])('%s in %s starts at %s', (text, timeZone, moment) => {
  expect(new Date(parseStart(text, now, timeZone)).toISOString()).toBe(moment);
});

test.each([
  '',
  'tomorrow',
  '2026-02-30',
  '2026-02-30T10:00',
  '2026-13-01',
  '2026-12-31T25:00',
  '31.12.2026',
  '8',
])('"%s" is not a time', (text) => {
  expect(() => parseEnd(text, now, 'UTC')).toThrow(`"${text}" is not a time.`);
  expect(() => parseStart(text, now, 'UTC')).toThrow(`"${text}" is not a time.`);
});

test('a start that is to come is refused', () => {
  expect(() => parseStart('2026-11-23', now, 'UTC')).toThrow('2026-11-23 is still to come.');
});
