import { expect, test } from 'vitest';
import { bar } from './bar.ts';

test.each([
  [0, '░░░░░░░░░░'],
  [0.001, '█░░░░░░░░░'],
  [0.5, '█████░░░░░'],
  [0.999, '█████████░'],
  [1, '██████████'],
  [1.7, '██████████'],
  [-1, '░░░░░░░░░░'],
])('%d of a whole is %s', (fraction, expected) => {
  expect(bar(fraction, 10)).toBe(expected);
});
