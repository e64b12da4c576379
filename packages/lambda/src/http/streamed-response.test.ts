import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StreamedResponse } from './streamed-response.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const start = { type: 'start', id: 'request-1', model: 'llama', modelId: 'id' } as const;
const written = `event: start\ndata: ${JSON.stringify(start)}\n\n`;

function respond() {
  const body = new PassThrough();
  const chunks: string[] = [];
  body.on('data', (chunk) => chunks.push(String(chunk)));
  const response = new StreamedResponse({
    open: () => body,
    requestId: 'request-1',
    heartbeatMs: 10_000,
    signal: new AbortController().signal,
  });
  return { response, chunks };
}

test('nothing is sent while an error could still be an HTTP error', async () => {
  const { response, chunks } = respond();
  response.begin(start);
  await vi.advanceTimersByTimeAsync(9999);
  expect([response.started, chunks]).toEqual([false, []]);
});

test('a model that is silent for long gets a start, and comments from then on', async () => {
  const { response, chunks } = respond();
  response.begin(start);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(chunks).toEqual([written, ': still there\n\n', ': still there\n\n']);
  await response.send({ type: 'delta', text: 'Bleak.' });
  expect(chunks.at(-1)).toBe('event: delta\ndata: {"type":"delta","text":"Bleak."}\n\n');
});

test('the start is sent once, with the first piece', async () => {
  const { response, chunks } = respond();
  response.begin(start);
  await response.send({ type: 'delta', text: '1' });
  await response.send({ type: 'delta', text: '2' });
  expect(chunks.join('').match(/event: start/g)).toHaveLength(1);
  expect(chunks[0]?.startsWith(written)).toBe(true);
});

test('comments are sent only where nothing else is', async () => {
  const { response, chunks } = respond();
  response.begin(start);
  for (let second = 0; second < 5; second += 1) {
    await vi.advanceTimersByTimeAsync(9000);
    await response.send({ type: 'delta', text: '.' });
  }
  expect(chunks.join('')).not.toContain(':still');
  expect(chunks).toHaveLength(5);
});

test('no sign of life comes after the end', async () => {
  const { response, chunks } = respond();
  response.begin(start);
  await response.send({ type: 'delta', text: '1' });
  const ended = response.end();
  await vi.advanceTimersByTimeAsync(60_000);
  await ended;
  expect(chunks).toHaveLength(1);
});
