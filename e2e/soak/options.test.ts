import { expect, test } from 'vitest';
import { parseSoakArguments, usage } from './options.ts';

test('without options a soak is long enough for a report, with a seed of its own', () => {
  expect(parseSoakArguments([], 7)).toEqual({ requests: 100_000, seed: 7, callers: 16 });
});

test('options are taken as they are given', () => {
  const args = ['--requests', '500', '--seed=3', '--callers', '4'];
  expect(parseSoakArguments(args, 7)).toEqual({ requests: 500, seed: 3, callers: 4 });
});

test.each(['--help', '-h'])('%s asks for the usage, which names every option', (flag) => {
  expect(parseSoakArguments([flag], 7)).toBe('help');
  expect(usage).toMatch(/--requests.*--seed.*--callers/s);
});

test.each([
  [['--requests', '99'], '--requests must be a whole number of at least 100, and is "99".'],
  [['--requests', ''], '--requests must be a whole number of at least 100, and is "".'],
  [['--seed', '1.5'], '--seed must be a whole number of at least 0, and is "1.5".'],
  [['--callers', '0'], '--callers must be a whole number from 1 to 256, and is "0".'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is refused: %s', (args, message) => {
  expect(() => parseSoakArguments(args, 7)).toThrow(message);
});
