import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { buffered, type Exchange, streamed } from '../http/test-exchange.ts';
import { requestOf } from '../http/test-request.ts';
import { deadlineBefore } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));

afterEach(() => void vi.useRealTimers());

test('a call is given up a second before the function is killed, and its settling a fifth of one before', () => {
  using deadline = deadlineBefore(() => 29_000);
  expect(deadline.remaining()).toBe(28_000);
  vi.advanceTimersByTime(27_999);
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect([deadline.signal.aborted, deadline.settleSignal.aborted]).toEqual([true, false]);
  vi.advanceTimersByTime(800);
  expect(deadline.settleSignal.aborted).toBe(true);
});

test('a function that is about to be killed gives up at once', () => {
  using deadline = deadlineBefore(() => 100);
  vi.advanceTimersByTime(1);
  expect([deadline.remaining(), deadline.signal.aborted, deadline.settleSignal.aborted]).toEqual([
    0,
    true,
    true,
  ]);
});

const question = { model: 'llama', question: 'What is a dystopia' };

test.each<[string, Exchange, readonly ['POST', string]]>([
  ['an answer', buffered, ['POST', '/bedrock']],
  ['a stream', streamed, ['POST', '/bedrock/stream']],
])('nothing of %s that is over waits for its deadline', async (_name, send, route) => {
  const { event, handlerOptions } = requestOf(question, { route });
  expect((await send(event, handlerOptions)).head.statusCode).toBe(200);
  expect(vi.getTimerCount()).toBe(0);
});
