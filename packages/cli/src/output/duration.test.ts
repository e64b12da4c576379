import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

test.each([
  ['2h', 7_200_000],
  ['90m', 5_400_000],
  ['1d12h', 129_600_000],
  ['30s', 30_000],
  ['0s', 0],
])('%s is %d ms', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each(['', '2', 'h', '2 h', '-2h', '2w', '1.5h', '2h!'])('"%s" is not a duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  [0, '0s'],
  [90_000, '1m 30s'],
  [86_400_000, '1d'],
  [129_661_000, '1d 12h'],
  [-5, '0s'],
])('%d ms read %s', (milliseconds, expected) => {
  expect(formatDuration(milliseconds)).toBe(expected);
});
