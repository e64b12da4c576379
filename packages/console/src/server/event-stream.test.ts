import { once } from 'node:events';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';
import type { Env } from './env.ts';
import { eventStream } from './event-stream.ts';

type Run = Parameters<typeof eventStream<number>>[1];

/** The answer of a server that streams so. */
async function answerOf(run: Run, signal?: AbortSignal, faults: string[] = []): Promise<Response> {
  const app = new Hono<Env>().get('/', (c) => eventStream<number>(c, run));
  const server = createServer(
    getRequestListener((request) => app.fetch(request, { port: 0, onFault: (fault) => faults.push(fault) })),
  ).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('There is no port.');
  return fetch(`http://127.0.0.1:${address.port}/`, signal ? { signal } : {});
}

test('events come in the order in which they were sent, each while the others are still to come', async () => {
  const readFirst = Promise.withResolvers<void>();
  const answer = await answerOf(async (send) => {
    send(1);
    await readFirst.promise;
    for (const event of [2, 3, 4]) send(event);
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe('data: 1\n\n');
  readFirst.resolve();
  let rest = '';
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read())
    rest += piece.value;
  expect(rest).toBe('data: 2\n\ndata: 3\n\ndata: 4\n\n');
});

test('an error is the last event, without what nothing here knows', async () => {
  const faults: string[] = [];
  const fail: Run = async (send) => {
    send(1);
    throw new TypeError('canary-91ab');
  };
  const answer = await answerOf(fail, undefined, faults);
  const text = await answer.text();
  expect(text).toMatch(/^data: 1\n\ndata: \{"type":"failed","error":\{"code":"internal",.*\}\}\n\n$/);
  expect(faults).toEqual([
    expect.stringMatching(/^The console failed: TypeError\n +at .*event-stream\.test\.ts/),
  ]);
  expect(text + faults.join()).not.toContain('canary-91ab');
});

test('the sender of the events hears that the page has gone', async () => {
  const leaving = new AbortController();
  const heard = Promise.withResolvers<void>();
  const answer = await answerOf(async (send, gone) => {
    send(1);
    await once(gone, 'abort');
    heard.resolve();
  }, leaving.signal);
  await answer.body?.getReader().read();
  leaving.abort();
  await heard.promise;
});
