import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { ReplyEvent } from '../call/reply.ts';
import { nothing } from '../ledger/amounts.ts';
import { ProxyError } from '../proxy-error.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { createHandler } from './handler.ts';
import type { ResponseHead } from './response.ts';
import {
  answering,
  calling,
  failingWith,
  limits,
  type RequestOptions,
  replyCost,
  requestOf,
  saying,
  usage,
} from './test-request.ts';

const question = { model: 'llama', question: 'What is a dystopia' };

interface StreamOptions extends RequestOptions {
  readonly body?: PassThrough;
  /** Milliseconds until Lambda kills the function. */
  readonly remainingMs?: number;
}

/** Sends a question to be answered in pieces; `text` is all that arrived by then. */
function open(body: object | null, options: StreamOptions = {}) {
  const { handlerOptions, event, ...seen } = requestOf(body, {
    route: ['POST', '/bedrock/stream'],
    ...options,
  });
  const stream = options.body ?? new PassThrough();
  const heads: ResponseHead[] = [];
  const chunks: string[] = [];
  if (!options.body) stream.on('data', (chunk) => chunks.push(String(chunk)));
  const handler = createHandler({
    ...handlerOptions,
    openResponse: (_stream, head) => {
      heads.push(head);
      return stream;
    },
  });
  const done = handler(event, new PassThrough(), {
    getRemainingTimeInMillis: () => options.remainingMs ?? 900_000,
  });
  return { ...seen, done, stream, heads, text: () => chunks.join('') };
}

async function send(body: object | null, options: StreamOptions = {}) {
  const { done, text, ...seen } = open(body, options);
  await done;
  return { ...seen, text: text(), log: JSON.parse(seen.lines[0] ?? '') };
}

/** The events of a stream; comments are left out. */
const events = (text: string) =>
  text
    .split('\n\n')
    .filter((block) => block && !block.startsWith(':'))
    .map((block) => {
      const [, type, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      const event = JSON.parse(data ?? '');
      expect(event.type).toBe(type);
      return event;
    });

const piece = (text: string): ReplyEvent => ({ type: 'delta', delta: { type: 'text', text } });
const end = saying([]).slice(1);

/** A promise, and what settles it. */
function gate<Value = void>() {
  return Promise.withResolvers<Value>();
}

test('an answer goes out as a start, its pieces, and one end with what it cost and what is left', async () => {
  const { heads, text } = await send(question);
  expect(heads).toEqual([
    {
      statusCode: 200,
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        'x-request-id': 'request-1',
      },
    },
  ]);
  expect(events(text)).toEqual([
    { type: 'start', id: 'request-1', model: 'llama', modelId: 'id-of-llama' },
    { type: 'delta', text: 'Ble' },
    { type: 'delta', text: 'ak.' },
    {
      type: 'done',
      stopReason: 'end_turn',
      usage: { ...usage, costUsd: 0.000007 },
      limits,
    },
  ]);
});

test('each piece is out before the next one is there', async () => {
  const gates = [gate(), gate()];
  const upstream: Upstream = {
    async *call() {
      yield piece('one');
      await gates[0]?.promise;
      yield piece('two');
      await gates[1]?.promise;
      yield* end;
    },
  };
  const { done, text } = open(question, { upstream });
  await vi.waitFor(() => expect(events(text()).at(-1)).toEqual({ type: 'delta', text: 'one' }));
  gates[0]?.resolve();
  await vi.waitFor(() => expect(events(text()).at(-1)).toEqual({ type: 'delta', text: 'two' }));
  gates[1]?.resolve();
  await done;
  expect(events(text()).at(-1)?.type).toBe('done');
});

test('the hold is one of a long call, and the true cost is settled before the end is told', async () => {
  const { holds, charges } = await send(question);
  expect(holds).toMatchObject([{ duration: 'long' }]);
  expect(charges).toEqual([replyCost]);
});

test('what fails before the first event is an HTTP error like any other', async () => {
  const failing = failingWith(new ProxyError({ code: 'model_throttled' }, { unbilled: true }));
  const { heads, text, charges, log } = await send(question, { upstream: failing });
  expect(heads).toEqual([
    {
      statusCode: 429,
      headers: {
        'content-type': 'application/json',
        'x-request-id': 'request-1',
        'x-should-retry': 'true',
        'retry-after': '2',
      },
    },
  ]);
  expect(JSON.parse(text)).toMatchObject({ error: { code: 'model_throttled' }, request_id: 'request-1' });
  expect(charges).toEqual([nothing]);
  expect(log).toMatchObject({ operation: 'stream', status: 429, code: 'model_throttled', level: 'WARN' });
});

test.each([
  ['a body that is none', null, 'invalid_json', 400],
  ['an unknown model', { model: 'gpt', question: 'Hi' }, 'unknown_model', 404],
  ['a key without a team', question, 'unauthenticated', 401],
])('%s is refused before anything is held', async (_fault, body, code, status) => {
  const keyId = code === 'unauthenticated' ? 'unknown' : 'key1';
  const { heads, text, holds } = await send(body, { keyId });
  expect([heads[0]?.statusCode, JSON.parse(text).error.code, holds]).toEqual([status, code, []]);
});

test('what fails after the first event is an error event, the last one, and the hold stays charged', async () => {
  const failing: Upstream = {
    async *call() {
      yield piece('Ble');
      throw new ProxyError({ code: 'upstream_error' }, { outcomeUnknown: true });
    },
  };
  const { text, charges, holds, log } = await send(question, { upstream: failing });
  expect(events(text).map(({ type }) => type)).toEqual(['start', 'delta', 'error']);
  expect(events(text).at(-1)).toMatchObject({ error: { code: 'upstream_error' }, request_id: 'request-1' });
  expect(charges).toEqual([holds[0]?.worstCase]);
  expect(log).toMatchObject({ status: 200, code: 'upstream_error', level: 'ERROR', deltas: 1 });
});

test('an unforeseen failure says nothing of itself', async () => {
  const failing: Upstream = {
    async *call() {
      yield piece('Ble');
      throw new TypeError('canary');
    },
  };
  const { text, lines } = await send(question, { upstream: failing });
  expect(events(text).at(-1)).toMatchObject({ error: { code: 'internal' } });
  expect(text + lines.join('')).not.toContain('canary');
});

test('a caller that hangs up is charged what the model did, to the end', async () => {
  const hungUp = gate();
  const upstream: Upstream = {
    async *call() {
      yield piece('Ble');
      await hungUp.promise;
      yield piece('ak.');
      yield* end;
    },
  };
  const { done, stream, text, charges, lines } = open(question, { upstream });
  await vi.waitFor(() => expect(text()).toContain('Ble'));
  stream.destroy();
  hungUp.resolve();
  await done;
  expect(charges).toEqual([replyCost]);
  expect(text()).not.toContain('ak.');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ callerGone: true, deltas: 2, usage: usage });
});

test('a connection that breaks while it is written to is a caller that hung up', async () => {
  const body = new PassThrough();
  body.on('resume', () => {});
  const upstream: Upstream = {
    async *call() {
      yield piece('Ble');
      body.destroy(new Error('canary'));
      yield piece('ak.');
      yield* end;
    },
  };
  const { done, charges, lines } = open(question, { upstream, body });
  await done;
  expect(charges).toEqual([replyCost]);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ callerGone: true });
});

test('a caller that reads slowly holds the model back, and is not taken for gone', async () => {
  const body = new PassThrough({ highWaterMark: 10 });
  let passed = 0;
  const upstream: Upstream = {
    async *call() {
      for (const text of ['one', 'two', 'three']) {
        yield piece(text);
        passed += 1;
      }
      yield* end;
    },
  };
  const { done, lines } = open(question, { upstream, body });
  await setImmediate();
  await setImmediate();
  expect(passed).toBe(0);
  let read = '';
  body.on('data', (chunk) => {
    read += String(chunk);
  });
  await done;
  expect(events(read).map(({ type }) => type)).toEqual(['start', 'delta', 'delta', 'delta', 'done']);
  expect(JSON.parse(lines[0] ?? '').callerGone).toBeUndefined();
});

test('a caller that never reads is given up at the deadline, and settled', async () => {
  const body = new PassThrough({ highWaterMark: 10 });
  const { done, charges, lines } = open(question, { body, remainingMs: 1050 });
  await done;
  expect(charges).toEqual([replyCost]);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ callerGone: true });
});

test('an answer that does not fit its schema ends in an error event, and is charged', async () => {
  const outputSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  const { text, charges } = await send(
    { model: 'titan', question: 'Where?', outputSchema },
    { keyId: 'key2', upstream: answering(calling('Bleak.')) },
  );
  expect(events(text).at(-1)).toMatchObject({
    error: { code: 'invalid_output', details: { stopReason: 'end_turn', issues: [] } },
  });
  expect(charges).toEqual([replyCost]);
});

test('one line is logged, with what a stream has beyond an answer, and nothing that was said', async () => {
  const { lines, log } = await send({ ...question, question: 'canary-question' });
  expect(lines).toHaveLength(1);
  expect(log).toMatchObject({ operation: 'stream', status: 200, deltas: 2, level: 'INFO' });
  expect(log.firstDeltaMs).toBeGreaterThan(0);
  expect(lines[0]).not.toMatch(/canary|Ble/);
});

test('the line is written before the response ends, for then the function may be frozen', async () => {
  const order: string[] = [];
  const { handlerOptions, event } = requestOf(question, { route: ['POST', '/bedrock/stream'] });
  const stream = new PassThrough();
  stream.resume().on('end', () => order.push('end'));
  await createHandler({
    ...handlerOptions,
    write: () => order.push('line'),
    openResponse: () => stream,
  })(event, new PassThrough(), { getRemainingTimeInMillis: () => 900_000 });
  expect(order).toEqual(['line', 'end']);
});
