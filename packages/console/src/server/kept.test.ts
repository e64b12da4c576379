import { expect, test, vi } from 'vitest';
import { Kept } from './kept.ts';

test('what is asked at once, and what is asked again soon, is asked for once', async () => {
  const kept = new Kept<number>(1000);
  let asked = 0;
  const ask = vi.fn(async () => ++asked);
  expect(
    await Promise.all([kept.get('a', 0, ask), kept.get('a', 500, ask), kept.get('a', 999, ask)]),
  ).toEqual([1, 1, 1]);
  expect(await kept.get('b', 999, ask)).toBe(2);
  expect(await kept.get('a', 1000, ask)).toBe(3);
});

test('a failure is not kept', async () => {
  const kept = new Kept<number>(1000);
  await expect(kept.get('a', 0, () => Promise.reject(new Error('none')))).rejects.toThrow('none');
  expect(await kept.get('a', 0, async () => 1)).toBe(1);
});

test('after a change, even what is still being asked from before it is asked again', async () => {
  const kept = new Kept<string>(1000);
  const before = Promise.withResolvers<string>();
  const early = kept.get('a', 0, () => before.promise);
  kept.forget();
  expect(await kept.get('a', 0, async () => 'after')).toBe('after');
  before.resolve('before');
  expect([await early, await kept.get('a', 0, async () => 'again')]).toEqual(['before', 'after']);
});
