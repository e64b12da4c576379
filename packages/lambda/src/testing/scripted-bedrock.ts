import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { catalogue, type ModelDefinition } from '@org/models';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import { afterAll, afterEach, vi } from 'vitest';
import type { Deadline } from '../call/deadline.ts';
import { ProxyError } from '../proxy-error.ts';
import { createUpstream } from '../upstream/upstream.ts';
import { clientOf } from './loopback-bedrock.ts';
import { ample, call, read, target } from './upstream-call.ts';

/** Answers a request in Bedrock's place. */
export type Script = (response: ServerResponse, body: string) => void;

export const json =
  (body: object): Script =>
  (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

export const whole = {
  output: { message: { role: 'assistant', content: [{ text: 'Bleak.' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
};

export const exception =
  (name: string, status: number, message = 'internal message'): Script =>
  (response) =>
    response
      .writeHead(status, {
        'content-type': 'application/json',
        'x-amzn-errortype': `${name}:http://internal/`,
      })
      .end(JSON.stringify({ message }));

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** One event of a stream, as Bedrock writes it. */
export function event(type: string, body: object): Uint8Array {
  const text = (value: string) => ({ type: 'string' as const, value });
  return codec.encode({
    headers: {
      ':message-type': text('event'),
      ':event-type': text(type),
      ':content-type': text('application/json'),
    },
    body: fromUtf8(JSON.stringify(body)),
  });
}

/** The error from an exception in a stream. */
export const exceptionEvent = (type: string, message: string) =>
  codec.encode({
    headers: {
      ':message-type': { type: 'string', value: 'exception' },
      ':exception-type': { type: 'string', value: type },
    },
    body: fromUtf8(JSON.stringify({ message })),
  });

export const delta = (text: unknown) => event('contentBlockDelta', { contentBlockIndex: 0, delta: { text } });
export const stop = event('messageStop', { stopReason: 'end_turn' });
export const metadata = event('metadata', {
  usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5, cacheReadInputTokens: 1 },
  metrics: { latencyMs: 1 },
});
export const chunk = (body: object) =>
  event('chunk', { bytes: Buffer.from(JSON.stringify(body)).toString('base64') });

export const begin = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });

export const stream =
  (...frames: Uint8Array[]): Script =>
  (response) => {
    begin(response);
    for (const bytes of frames) response.write(bytes);
    response.end();
  };

/**
 * An upstream for one test file, over a loopback server in place of Bedrock.
 *
 * @returns What to answer and what was asked, both forgotten after each test.
 */
export async function startScriptedBedrock() {
  const bedrock = {
    /** How to answer the next requests, in order. Default: {@link whole}. */
    answers: [] as Script[],
    requests: 0,
    last: { path: '', body: '' },
    /** Milliseconds that the upstream has waited, each time. */
    waits: [] as number[],
  };
  const server = createServer(async (request, response) => {
    bedrock.requests += 1;
    bedrock.last = { path: request.url ?? '', body: await text(request) };
    (bedrock.answers.shift() ?? json(whole))(response, bedrock.last.body);
  });
  const upstream = createUpstream({
    client: await clientOf(server),
    sleep: async (milliseconds) => void bedrock.waits.push(milliseconds),
    random: () => 0.5,
  });
  afterEach(() => {
    vi.useRealTimers();
    Object.assign(bedrock, { answers: [], requests: 0, waits: [] });
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    bedrock,
    upstream,
    ask: ({ model = catalogue.titan, deadline = ample }: AskOptions = {}) =>
      read(upstream.call(model, call, target, { whole: true, deadline })),
    askForStream: ({ model = catalogue.titan, deadline = ample, onText }: AskOptions = {}) =>
      read(upstream.call(model, call, target, { whole: false, deadline }), onText),
  };
}

interface AskOptions {
  readonly model?: ModelDefinition;
  readonly deadline?: Deadline;
  readonly onText?: (text: string) => unknown;
}

/** The error of a call that fails. */
export async function failureOf(asked: Promise<unknown>): Promise<ProxyError> {
  const thrown: unknown = await asked.then(
    () => 'nothing',
    (error: unknown) => error,
  );
  if (!(thrown instanceof ProxyError)) throw thrown;
  return thrown;
}
