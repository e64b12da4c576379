import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventStreamHead } from './response.ts';
import { ResponseWriter } from './response-writer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const opening = 'event: start\n\n';
const ping = ': still there\n\n';

function respond() {
  const body = new PassThrough();
  const chunks: string[] = [];
  body.on('data', (chunk) => chunks.push(String(chunk)));
  const { signal } = new AbortController();
  const response = new ResponseWriter({ open: () => body, signal });
  response.begin({ head: eventStreamHead('request-1'), opening, ping, pingAfterMs: 10_000, signal });
  return { response, chunks };
}

test('nothing is sent while an error could still be an HTTP error', async () => {
  const { response, chunks } = respond();
  await vi.advanceTimersByTimeAsync(9999);
  expect([response.started, chunks]).toEqual([false, []]);
});

test('a model that is silent for long gets a start, and comments from then on', async () => {
  const { response, chunks } = respond();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(chunks).toEqual([opening, ping, ping]);
  await response.send('Bleak.');
  expect(chunks.at(-1)).toBe('Bleak.');
});

test('the start is sent once, with the first piece', async () => {
  const { response, chunks } = respond();
  await response.send('1');
  await response.send('2');
  expect(chunks).toEqual([`${opening}1`, '2']);
});

test('comments are sent only if nothing else is sent', async () => {
  const { response, chunks } = respond();
  for (let second = 0; second < 5; second += 1) {
    await vi.advanceTimersByTimeAsync(9000);
    await response.send('.');
  }
  expect(chunks.join('')).not.toContain(ping);
  expect(chunks).toHaveLength(5);
});

test('no sign of life comes after the end', async () => {
  const { response, chunks } = respond();
  await response.send('1');
  const ended = response.end();
  await vi.advanceTimersByTimeAsync(60_000);
  await ended;
  expect(chunks).toHaveLength(1);
});
