import { expect, test } from 'vitest';
import { Believed } from './believed.ts';

test('a read is believed for a minute, and a missing item is read again at once', async () => {
  let now = 0;
  let present: string | undefined;
  const believed = new Believed<string>(() => now);
  const get = () => believed.get('a', async () => present);
  expect(await get()).toBeUndefined();
  present = 'first';
  expect(await get()).toBe('first');
  present = 'second';
  now = 59_999;
  expect(await get()).toBe('first');
  now = 60_000;
  expect(await get()).toBe('second');
});

test('beyond ten thousand items, the oldest item is forgotten', async () => {
  const believed = new Believed<string>(() => 0);
  let reads = 0;
  const get = (id: number) =>
    believed.get(String(id), async () => {
      reads += 1;
      return 'known';
    });
  for (let id = 0; id <= 10_000; id += 1) await get(id);
  await get(10_000);
  await get(1);
  expect(reads).toBe(10_001);
  await get(0);
  expect(reads).toBe(10_002);
});

test('a failed read is repeated at the next call', async () => {
  const believed = new Believed<string>(() => 0);
  await expect(believed.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await believed.get('a', async () => 'known')).toBe('known');
});
