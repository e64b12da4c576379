import { expect, test } from 'vitest';
import { killPoint } from './kill-point.ts';

const points = (storm: number, callers: number) =>
  [0, 0.5, 0.999].map((number) => killPoint(() => number, storm, callers));

test('the functions are killed when every caller is at work for the second time at least', () => {
  expect(points(64, 16)).toEqual([32, 48, 64]);
});

test.each([1, 4, 20, 31])(
  'a storm of %d requests, too few for 16 callers, is killed once all have begun',
  (storm) => {
    expect(points(storm, 16)).toEqual([storm, storm, storm]);
  },
);
