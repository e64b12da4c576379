import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { isHappyDom } from '../../test/happy-dom.ts';
import { systemRuntime } from './runtime.ts';

test.skipIf(isHappyDom)('a sleep that ends leaves nothing on its signal', async () => {
  const { signal } = new AbortController();
  await systemRuntime.sleep(1, signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a sleep on an aborted signal does not begin', async () => {
  await expect(systemRuntime.sleep(60_000, AbortSignal.abort('why'))).rejects.toBe('why');
});
