// Bedrock in its own process, over either protocol. Its answers are prepared bytes, so that it uses as little of the
// machine as possible. Its parent process sets the pace.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenOnLoopback } from '@org/local';
import { eventFrame } from '@org/local/bedrock';
import { clock } from './clock.ts';

/** When the pieces of streamed answers are sent. */
export type Pace =
  /** As fast as they are read. */
  | 'free'
  /** Some milliseconds apart; the time of each is recorded. */
  | 'timed'
  /** The first at once, the others when the pace changes. */
  | 'held';

export interface Instruction {
  readonly pace: Pace;
  /** How many pieces a streamed answer has from now on. Default: as before; at first, 20. */
  readonly pieces?: number;
}

/** The reply to an instruction: when pieces were sent since the last instruction, by `clock`. */
export interface Followed {
  readonly sentAt: readonly number[];
}

export interface StartedBedrock {
  /** It speaks HTTP/1.1. */
  readonly url: string;
  /** It speaks HTTP/2, as the AWS SDK does to Bedrock by default. */
  readonly http2Url: string;
}

const text = 'A dystopia is an imagined society in which life is made miserable.';
const usage = { inputTokens: 8, outputTokens: 20, totalTokens: 28 };
const converse = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text }] } },
  stopReason: 'end_turn',
  usage,
  metrics: { latencyMs: 1 },
});

/** Claude's answer, in the format of Anthropic's API. */
const message = { id: 'msg_bdrk_1', type: 'message', role: 'assistant', model: 'claude' };
const invoke = JSON.stringify({
  ...message,
  content: [{ type: 'text', text }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens },
});

/** A streamed answer: the bytes before its pieces, each piece, and the bytes after them. */
interface StreamedAnswer {
  readonly begin: Uint8Array;
  readonly piece: (index: number) => Uint8Array;
  readonly end: Uint8Array;
}

const contentBlockIndex = 0;
const converseStream: StreamedAnswer = {
  begin: eventFrame('messageStart', { role: 'assistant' }),
  piece: (index) =>
    eventFrame('contentBlockDelta', { delta: { text: `piece ${index} ` }, contentBlockIndex }),
  end: Buffer.concat([
    eventFrame('contentBlockStop', { contentBlockIndex }),
    eventFrame('messageStop', { stopReason: 'end_turn' }),
    eventFrame('metadata', { usage, metrics: { latencyMs: 1 } }),
  ]),
};

const chunk = (event: object) =>
  eventFrame('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64') });
const stopped = { stop_reason: null, stop_sequence: null };
const invokeStream: StreamedAnswer = {
  begin: Buffer.concat([
    chunk({
      type: 'message_start',
      message: {
        ...message,
        content: [],
        ...stopped,
        usage: { input_tokens: usage.inputTokens, output_tokens: 1 },
      },
    }),
    chunk({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  ]),
  piece: (index) =>
    chunk({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: `piece ${index} ` } }),
  end: Buffer.concat([
    chunk({ type: 'content_block_stop', index: 0 }),
    chunk({
      type: 'message_delta',
      delta: { ...stopped, stop_reason: 'end_turn' },
      usage: { output_tokens: usage.outputTokens },
    }),
    chunk({ type: 'message_stop' }),
  ]),
};

/** By the last part of an operation's path. */
const wholeAnswers = new Map([
  ['converse', converse],
  ['invoke', invoke],
]);
const streamedAnswers = new Map([
  ['converse-stream', converseStream],
  ['invoke-with-response-stream', invokeStream],
]);
const withPieces = (count: number) =>
  new Map(
    [...streamedAnswers].map(([operation, { begin, piece, end }]) => [
      operation,
      { begin, end, pieces: Array.from({ length: count }, (_, index) => piece(index)) },
    ]),
  );

let pace: Pace = 'free';
let streams = withPieces(20);
let sentAt: number[] = [];
let released = Promise.withResolvers<void>();

async function answer(path: string, request: Readable, response: Writable, head: (type: string) => void) {
  for await (const _ of request);
  const operation = path.slice(path.lastIndexOf('/') + 1);
  const stream = streams.get(operation);
  if (!stream) {
    head('application/json');
    response.end(wholeAnswers.get(operation));
    return;
  }
  head('application/vnd.amazon.eventstream');
  response.write(stream.begin);
  const { promise } = released;
  for (const [index, frame] of stream.pieces.entries()) {
    if (pace === 'timed') await sleep(2);
    if (pace === 'held' && index > 0) await promise;
    if (pace === 'timed') sentAt.push(clock());
    if (!response.write(frame)) await once(response, 'drain');
  }
  response.end(stream.end);
}

const http1 = createServer((request, response) => {
  const head = (type: string) => void response.writeHead(200, { 'content-type': type });
  void answer(request.url ?? '', request, response, head);
});
const http2 = createHttp2Server((request, response) => {
  const head = (type: string) => void response.writeHead(200, { 'content-type': type });
  void answer(request.url, request, response, head);
});
http2.listen(0, '127.0.0.1');
await once(http2, 'listening');
const address = http2.address();
if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');

process.on('message', (instruction: Instruction) => {
  released.resolve();
  released = Promise.withResolvers();
  pace = instruction.pace;
  if (instruction.pieces !== undefined) streams = withPieces(instruction.pieces);
  process.send?.({ sentAt } satisfies Followed);
  sentAt = [];
});
process.on('disconnect', () => process.exit());
process.send?.({
  url: await listenOnLoopback(http1),
  http2Url: `http://127.0.0.1:${address.port}`,
} satisfies StartedBedrock);
