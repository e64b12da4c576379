import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { exchange } from '../testing/exchange.ts';
import { requestOf } from '../testing/request.ts';
import { deadlineBefore } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));

afterEach(() => void vi.useRealTimers());

test('a call is given up a second before the function is killed, and its settling a fifth of a second before', () => {
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

test("a call with a shorter time than the function's is given up at its own time", () => {
  using deadline = deadlineBefore(() => 900_000, 300_000);
  expect(deadline.remaining()).toBe(299_000);
  vi.advanceTimersByTime(299_000);
  expect([deadline.signal.aborted, deadline.settleSignal.aborted]).toEqual([true, false]);
});

test.each([
  ['an answer', '/bedrock'],
  ['a stream', '/bedrock/stream'],
])('nothing waits for the deadline of %s that has ended', async (_name, path) => {
  const { event, handlerOptions } = requestOf(question, { route: ['POST', path] });
  expect((await exchange(event, handlerOptions)).head.statusCode).toBe(200);
  expect(vi.getTimerCount()).toBe(0);
});
