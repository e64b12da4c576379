import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ReplyEvent } from '../call/reply.ts';
import type { Upstream } from '../call/upstream.ts';
import { callerOf } from '../config.ts';
import { ProxyError } from '../proxy-error.ts';
import {
  countNothing,
  limits,
  type RequestOptions,
  replyCost,
  requestOf,
  saying,
  usage,
  warningHeader,
  warnings,
} from '../testing/request.ts';
import { createHandler } from './handler.ts';
import type { ResponseHead } from './response.ts';

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

test('an answer goes out as a start, its pieces, and one end with its cost and the remaining limits', async () => {
  const { heads, text } = await send(question);
  expect(heads).toEqual([
    {
      statusCode: 200,
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        'x-request-id': 'request-1',
        'request-id': 'request-1',
        'x-limit-warning': warningHeader,
      },
    },
  ]);
  expect(events(text)).toEqual([
    { type: 'start', id: 'request-1', model: 'llama', modelId: 'id-of-llama' },
    { type: 'delta', text: 'Ble' },
    { type: 'delta', text: 'ak.' },
    {
      type: 'done',
      content: [{ type: 'text', text: 'Bleak.' }],
      stopReason: 'end_turn',
      usage: { ...usage, costUsd: 0.000007 },
      limits,
      warnings,
    },
  ]);
});

test('if the plan lowers the output tokens, the head of a stream says so', async () => {
  const caller = callerOf(
    { keyId: 'key1', team: 'acme', plan: 'small' },
    { models: ['llama'], maxTokens: 256, clampMaxTokens: true },
  );
  const { heads, calls } = await send({ ...question, maxTokens: 300 }, { caller });
  expect(calls).toMatchObject([{ maxTokens: 256 }]);
  expect(heads[0]?.headers).toMatchObject({ 'x-max-tokens-lowered-to': '256' });
});

test('the hold is one of a long call, and the true cost is settled before the end is sent', async () => {
  const { holds, charges } = await send(question);
  expect(holds).toMatchObject([{ duration: 'long' }]);
  expect(charges).toMatchObject([replyCost]);
});

test.each<[string, unknown, code: string]>([
  [
    'what Bedrock says',
    new ProxyError({ code: 'upstream_error' }, { outcomeUnknown: true }),
    'upstream_error',
  ],
  ['an unforeseen error', new TypeError('canary'), 'internal'],
])(
  '%s after the first event is an error event, the last one, and the hold stays charged',
  async (_case, error, code) => {
    const failing: Upstream = {
      count: countNothing,
      async *call() {
        yield piece('Ble');
        throw error;
      },
    };
    const { text, charges, holds, lines, log } = await send(question, { upstream: failing });
    expect(events(text).map(({ type }) => type)).toEqual(['start', 'delta', 'error']);
    expect(events(text).at(-1)).toMatchObject({ error: { code }, request_id: 'request-1' });
    expect(charges).toEqual([holds[0]?.worstCase]);
    expect(log).toMatchObject({ status: 200, code, level: 'ERROR', deltas: 1 });
    expect(text + lines.join('')).not.toContain('canary');
  },
);

test.each([
  ['hangs up between two pieces', undefined, true],
  ['hangs up while it is written to', undefined, false],
  ['has a connection that breaks', new Error('canary'), true],
])("a caller that %s is charged for all of the model's work", async (_case, error, between) => {
  const body = new PassThrough();
  body.on('resume', () => {});
  const upstream: Upstream = {
    count: countNothing,
    async *call() {
      yield piece('Ble');
      body.destroy(error);
      if (between) await setImmediate();
      yield piece('ak.');
      yield* end;
    },
  };
  const { done, charges, lines } = open(question, { upstream, body });
  await done;
  expect(charges).toMatchObject([replyCost]);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ callerGone: true, deltas: 2, usage });
});

test('a caller that reads slowly slows the model down, and does not count as gone', async () => {
  const body = new PassThrough({ highWaterMark: 10 });
  let passed = 0;
  const upstream: Upstream = {
    count: countNothing,
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
  expect(charges).toMatchObject([replyCost]);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ callerGone: true });
});

test("one line is logged, with a stream's extra fields, and without any of the conversation", async () => {
  const { lines, log } = await send({ ...question, question: 'canary-question' });
  expect(lines).toHaveLength(1);
  expect(log).toMatchObject({ operation: 'stream', status: 200, deltas: 2, level: 'INFO' });
  expect(log.firstDeltaMs).toBeGreaterThan(0);
  expect(lines[0]).not.toMatch(/canary|Ble/);
});

test('the line is written before the response ends, because then the function may be frozen', async () => {
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
