import { expect, test } from 'vitest';
import { concurrently } from './concurrently.ts';

test('entries are mapped in order, eight at a time', async () => {
  let running = 0;
  let most = 0;
  const values = await concurrently([...Array(30).keys()], async (entry) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    return entry * 2;
  });
  expect(values).toEqual([...Array(30).keys()].map((entry) => entry * 2));
  expect(most).toBe(8);
});

test('after a failure nothing new begins, and running entries are waited for', async () => {
  const finished: number[] = [];
  const mapped = concurrently([...Array(100).keys()], async (entry) => {
    if (entry === 3) throw new Error('broken');
    await new Promise(setImmediate);
    finished.push(entry);
  });
  await expect(mapped).rejects.toThrow('broken');
  expect(finished).toEqual([0, 1, 2, 4, 5, 6, 7]);
});

test('there may be nothing to do', async () => {
  expect(await concurrently([], async () => 1)).toEqual([]);
});
