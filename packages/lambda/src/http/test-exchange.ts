import { PassThrough } from 'node:stream';
import {
  type ErrorCode,
  ErrorEnvelope,
  errorDefinition,
  isErrorCode,
  routes,
  StreamEvent,
} from '@org/contract';
import { expect } from 'vitest';
import { createHandler } from './handler.ts';
import type { HandlerOptions, ProxyEvent } from './invocation.ts';
import { createStreamHandler } from './stream-handler.ts';
import type { ResponseHead } from './streamed-response.ts';

/** All that a function answers with. */
export interface Answered {
  readonly head: ResponseHead;
  readonly body: string;
}

export type Exchange = (event: ProxyEvent, options: HandlerOptions) => Promise<Answered>;

/** Sends an event to the function that answers whole. */
export const buffered: Exchange = async (event, options) => {
  const context = { getRemainingTimeInMillis: () => 29_000 };
  const { statusCode, headers = {}, body } = await createHandler(options)(event, context);
  return { head: { statusCode, headers }, body };
};

/** Sends an event to the function that streams. */
export const streamed: Exchange = async (event, options) => {
  const heads: ResponseHead[] = [];
  const chunks: Buffer[] = [];
  const stream = new PassThrough().on('data', (chunk) => chunks.push(chunk));
  const openResponse = (_stream: unknown, head: ResponseHead) => {
    heads.push(head);
    return stream;
  };
  const handler = createStreamHandler({ ...options, openResponse });
  await handler(event, stream, { getRemainingTimeInMillis: () => 900_000 });
  const [head, ...others] = heads;
  if (!head || others.length > 0) throw new Error(`The response has ${heads.length} heads.`);
  return { head, body: Buffer.concat(chunks).toString() };
};

/** The code of a response's error, if it is one. Throws where the response is none of the contract. */
export function codeOf({ head: { statusCode, headers }, body }: Answered): ErrorCode | undefined {
  if (headers['content-type'] === 'text/event-stream') {
    expect(statusCode).toBe(200);
    return lastCodeOf(body);
  }
  const json: unknown = JSON.parse(body);
  if (statusCode === 200) {
    expect(Object.values(routes).some(({ response }) => response.safeParse(json).success)).toBe(true);
    return undefined;
  }
  const code = contractCode(ErrorEnvelope.parse(json).error);
  expect(errorDefinition(code).status).toBe(statusCode);
  return code;
}

/** The code that a stream ends with, if it ends with an error. Throws where the stream is none of the contract. */
function lastCodeOf(body: string): ErrorCode | undefined {
  const events = body
    .split('\n\n')
    .slice(0, -1)
    .map((block) => {
      const [, name, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      const event = StreamEvent.parse(JSON.parse(data));
      expect(event.type).toBe(name);
      return event;
    });
  const last = events.at(-1);
  const deltas = events.slice(1, -1).map(() => 'delta');
  expect(events.map(({ type }) => type)).toEqual(['start', ...deltas, last?.type]);
  if (last?.type === 'error') return contractCode(last.error);
  expect(last?.type).toBe('done');
  return undefined;
}

function contractCode({ code }: ErrorEnvelope['error']): ErrorCode {
  if (!isErrorCode(code)) throw new Error(`${code} is no code of the contract.`);
  return code;
}
