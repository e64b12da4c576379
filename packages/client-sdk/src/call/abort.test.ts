import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { gate } from '../../test/gate.ts';
import { isHappyDom } from '../../test/happy-dom.ts';
import { answer, beginStream, envelope, events, reply, replying, serve } from '../../test/loopback-server.ts';
import { manualRuntime } from '../../test/manual-runtime.ts';
import { scene, settings } from '../../test/scene.ts';
import type { BedrockClient } from '../bedrock-client.ts';
import { createClient } from '../client.ts';
import { systemRuntime } from './runtime.ts';

const reason = new Error('The user left.');
const aborted = { name: 'AbortedError', code: 'aborted', cause: reason, retryable: false };

test('a call whose signal is aborted is not sent', async () => {
  const { client, calls } = await scene(replying(200, answer));
  const asked = client.ask('llama', 'Hi', { signal: AbortSignal.abort(reason) });
  await expect(asked).rejects.toMatchObject({
    ...aborted,
    message: 'The call was aborted by its signal.',
    attempts: 0,
  });
  expect(calls).toEqual([]);
});

test('an abort ends a call while it waits for its key', async () => {
  const caller = new AbortController();
  const apiKey = () => {
    caller.abort(reason);
    return new Promise<string>(() => {});
  };
  const { client, calls } = await scene(replying(200, answer), { apiKey });
  const asked = client.ask('llama', 'Hi', { signal: caller.signal });
  await expect(asked).rejects.toMatchObject({ ...aborted, attempts: 0 });
  expect(calls).toEqual([]);
});

test('an abort ends a call while it waits for its response, and says what it may have cost', async () => {
  const { client } = await scene(() => caller.abort(reason));
  let caller = new AbortController();
  const asked = client.ask('llama', 'Hi', { signal: caller.signal });
  const message = 'The call was aborted by its signal. It may have been billed.';
  await expect(asked).rejects.toMatchObject({ ...aborted, message, attempts: 1 });
  caller = new AbortController();
  const listed = client.models({ signal: caller.signal });
  await expect(listed).rejects.toMatchObject({ message: 'The call was aborted by its signal.' });
});

test.each<[string, (client: BedrockClient, signal: AbortSignal) => Promise<unknown>]>([
  ['an ask', (client, signal) => client.ask('llama', 'Hi', { signal })],
  ['a stream', (client, signal) => client.stream('llama', 'Hi', { signal }).final()],
])('an abort ends %s while it waits before its next attempt', async (_, use) => {
  const caller = new AbortController();
  const { url, calls } = await serve(replying(429, envelope('rate_limited'), { 'retry-after': '30' }));
  const sleep = (ms: number, signal: AbortSignal) => {
    setImmediate(() => caller.abort(reason));
    return systemRuntime.sleep(ms, signal);
  };
  const client = createClient({ ...settings, baseUrl: url }, { ...manualRuntime().runtime, sleep });
  await expect(use(client, caller.signal)).rejects.toMatchObject({ ...aborted, attempts: 1 });
  expect(calls).toHaveLength(1);
});

test.skipIf(isHappyDom)('an abort ends a stream in the middle, and its request', async () => {
  const caller = new AbortController();
  const closed = gate();
  const { client } = await scene((response) => {
    beginStream(response, events[0], events[1]);
    response.once('close', closed.open);
  });
  const reading = client.stream('llama', 'Hi', { signal: caller.signal })[Symbol.asyncIterator]();
  await reading.next();
  await reading.next();
  const next = reading.next();
  caller.abort(reason);
  await expect(next).rejects.toMatchObject({ ...aborted, attempts: 1 });
  await closed.opened;
  expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
});

test('a signal that times out is an abort by the caller, whose reason says why', async () => {
  const { client } = await scene(() => {});
  await expect(client.ask('llama', 'Hi', { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
    code: 'aborted',
    message: 'The call was aborted by its signal (TimeoutError). It may have been billed.',
    cause: { name: 'TimeoutError' },
  });
});

test.skipIf(isHappyDom)('calls that share a signal leave nothing on it, however they end', async () => {
  const { client } = await scene((response, attempt) =>
    attempt % 2 === 0 ? reply(response, 200, answer) : reply(response, 401, envelope('unauthenticated')),
  );
  const caller = new AbortController();
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on('warning', warn);
  const asks = Array.from({ length: 20 }, () => client.ask('llama', 'Hi', { signal: caller.signal }));
  await Promise.allSettled(asks);
  process.off('warning', warn);
  expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  expect(warnings).toEqual([]);
});
