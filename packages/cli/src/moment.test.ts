import { expect, test } from 'vitest';
import { parseMoment } from './moment.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

test.each([
  ['2026-12-31', '2027-01-01T00:00:00.000Z'],
  ['2028-02-29', '2028-03-01T00:00:00.000Z'],
  ['2026-12-31T18:00', '2026-12-31T18:00:00.000Z'],
  ['2026-12-31T18:00:30Z', '2026-12-31T18:00:30.000Z'],
  ['2026-12-31T18:00+02:00', '2026-12-31T16:00:00.000Z'],
  ['8h', '2026-11-22T20:00:00.000Z'],
  ['1d12h', '2026-11-24T00:00:00.000Z'],
])('%s is %s', (text, moment) => {
  expect(new Date(parseMoment(text, now)).toISOString()).toBe(moment);
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
])('"%s" is not a moment', (text) => {
  expect(() => parseMoment(text, now)).toThrow(`"${text}" is not a moment.`);
});
