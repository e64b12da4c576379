import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenOnLoopback } from '@org/local';
import { eventFrame } from '@org/local/bedrock';
import { clock } from './clock.ts';

/** How the pieces of streamed answers are let go. */
export type Pace =
  /** As fast as they are read. */
  | 'free'
  /** One a few milliseconds after the other; each time is noted. */
  | 'timed'
  /** The first at once, the others when the pace changes. */
  | 'held';

export interface Instruction {
  readonly pace: Pace;
  /** How many pieces a streamed answer has from now on. Default: as before; at first, 20. */
  readonly pieces?: number;
}

/** Sent back when an instruction is followed: when pieces were sent since the last one, by `clock`. */
export interface Followed {
  readonly sentAt: readonly number[];
}

export interface StartedBedrock {
  /** It speaks HTTP/1.1. */
  readonly url: string;
  /** It speaks HTTP/2, as the AWS SDK does to Bedrock by default. */
  readonly http2Url: string;
}

/**
 * Bedrock in a process of its own, over either protocol. The bytes of its answers were made before, so that it takes as
 * little as possible of the machine.
 */
const text = 'A dystopia is an imagined society in which life is made miserable.';
const usage = { inputTokens: 8, outputTokens: 20, totalTokens: 28 };
const converse = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text }] } },
  stopReason: 'end_turn',
  usage,
  metrics: { latencyMs: 1 },
});

const contentBlockIndex = 0;
const begin = eventFrame('messageStart', { role: 'assistant' });
const piece = (index: number) =>
  eventFrame('contentBlockDelta', { delta: { text: `piece ${index} ` }, contentBlockIndex });
const end = Buffer.concat([
  eventFrame('contentBlockStop', { contentBlockIndex }),
  eventFrame('messageStop', { stopReason: 'end_turn' }),
  eventFrame('metadata', { usage, metrics: { latencyMs: 1 } }),
]);

let pace: Pace = 'free';
let pieces = Array.from({ length: 20 }, (_, index) => piece(index));
let sentAt: number[] = [];
let released = Promise.withResolvers<void>();

async function answer(path: string, request: Readable, response: Writable, head: (type: string) => void) {
  for await (const _ of request);
  if (!path.endsWith('/converse-stream')) {
    head('application/json');
    response.end(converse);
    return;
  }
  head('application/vnd.amazon.eventstream');
  response.write(begin);
  const { promise } = released;
  for (const [index, frame] of pieces.entries()) {
    if (pace === 'timed') await sleep(2);
    if (pace === 'held' && index > 0) await promise;
    if (pace === 'timed') sentAt.push(clock());
    if (!response.write(frame)) await once(response, 'drain');
  }
  response.end(end);
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
  if (instruction.pieces !== undefined) {
    pieces = Array.from({ length: instruction.pieces }, (_, index) => piece(index));
  }
  process.send?.({ sentAt } satisfies Followed);
  sentAt = [];
});
process.on('disconnect', () => process.exit());
process.send?.({
  url: await listenOnLoopback(http1),
  http2Url: `http://127.0.0.1:${address.port}`,
} satisfies StartedBedrock);
