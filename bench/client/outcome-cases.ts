import type { IncomingMessage, ServerResponse } from 'node:http';
import { said } from './answers.ts';
import type { CallOptions, Sdk } from './outcome-sdks.ts';

// The cases of the part "outcomes": faults of a server, and callers who give up.

/** One request to the server of a case. */
export interface Exchange {
  readonly response: ServerResponse;
  readonly request: IncomingMessage;
  /** From 1. */
  readonly attempt: number;
  /** A correct answer of the API, and a few events of a correct stream. */
  readonly answer: string;
  readonly events: readonly string[];
  /** Another host. */
  readonly elsewhere: string;
}

/** A fault of a server, and how the caller uses the client. */
export interface Case {
  readonly title: string;
  readonly reads?: 'stream';
  /** Of the call, in place of the benchmark's defaults. */
  readonly limits?: Partial<Omit<CallOptions, 'signal'>>;
  /** When the caller gives up. */
  readonly aborts?: 'before' | 'soon' | 'after a piece';
  serve(exchange: Exchange): void;
}

/** The answer and a few events of an SDK's API. */
export function replyOf({ path }: Sdk): Pick<Exchange, 'answer' | 'events'> {
  const { answer, events } = said[path];
  const beginning = events.findIndex((event) => event.includes('"1 "')) + 1;
  const ending = events.findIndex((event) => event.includes('"999 "')) + 1;
  return { answer: JSON.stringify(answer), events: [...events.slice(0, beginning), ...events.slice(ending)] };
}

/** An error of the proxy, in the envelope that all three read. */
const refusal = (code: string, details?: object) =>
  JSON.stringify({
    type: 'error',
    error: { type: 'rate_limit_error', code, message: `About ${code}.`, param: null, details },
    request_id: 'request-1',
  });

const quota = refusal('quota_exceeded', {
  limit: 'requests',
  period: 'month',
  scope: 'team',
  max: 80,
  used: 80,
  resetsAt: '2026-12-01T00:00:00.000Z',
});

const page = '<html><body>Bad gateway</body></html>';
const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html' };

function busyOnce({ response, attempt, answer }: Exchange, retryAfter: string): void {
  if (attempt === 1)
    response.writeHead(429, { ...json, 'retry-after': retryAfter }).end(refusal('rate_limited'));
  else response.writeHead(200, json).end(answer);
}

function begin({ response, answer }: Exchange): void {
  response.writeHead(200, { ...json, 'content-length': answer.length });
  response.write(answer.slice(0, answer.length / 2));
}

/** All events except the last. */
function beginStream({ response, events }: Exchange): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events.filter((text) => /"[01] "|start/.test(text))) response.write(event);
}

const short = { timeoutMs: 300, idleTimeoutMs: 300 };

/** Nothing goes wrong. */
export const plain: Case = {
  title: '200, an answer',
  serve: ({ response, answer }) => response.writeHead(200, json).end(answer),
};

export const cases: readonly Case[] = [
  {
    title: '429, a quota, `retry-after` of 12 hours',
    serve: ({ response }) => response.writeHead(429, { ...json, 'retry-after': '43200' }).end(quota),
  },
  {
    title: '429, `retry-after: 0.5`, then an answer',
    serve: (exchange) => busyOnce(exchange, '0.5'),
  },
  {
    title: '429, `retry-after` with a date 1 to 2 s ahead, then an answer',
    serve: (exchange) => busyOnce(exchange, new Date(Date.now() + 2000).toUTCString()),
  },
  {
    title: '429, `retry-after: 30`; the call has 2 s in all',
    limits: { timeoutMs: 2000, deadlineMs: 2000 },
    serve: ({ response }) =>
      response.writeHead(429, { ...json, 'retry-after': '30' }).end(refusal('rate_limited')),
  },
  { title: '502, a web page', serve: ({ response }) => response.writeHead(502, html).end(page) },
  {
    title: '400, 1 MB of text',
    serve: ({ response }) => response.writeHead(400, { 'content-type': 'text/plain' }).end('x'.repeat(1e6)),
  },
  { title: '200, a web page', serve: ({ response }) => response.writeHead(200, html).end(page) },
  {
    title: '200, JSON of another shape',
    serve: ({ response }) => response.writeHead(200, json).end('{"hello":"world"}'),
  },
  {
    title: '200, half of the JSON',
    serve: ({ response, answer }) => response.writeHead(200, json).end(answer.slice(0, answer.length / 2)),
  },
  {
    title: '200, half of the body, then the connection breaks',
    serve(exchange) {
      begin(exchange);
      setTimeout(() => exchange.response.destroy(), 20);
    },
  },
  { title: '200, half of the body, then silence; 300 ms', limits: short, serve: begin },
  { title: 'silence; 300 ms', limits: short, serve: () => {} },
  { title: 'the connection breaks at once', serve: ({ response }) => response.destroy() },
  {
    title: '307 to another host',
    serve: ({ response, elsewhere }) => response.writeHead(307, { location: elsewhere }).end(),
  },
  { title: 'a stream that does not begin; 300 ms', reads: 'stream', limits: short, serve: () => {} },
  {
    title: 'a stream that ends without its last event',
    reads: 'stream',
    serve(exchange) {
      beginStream(exchange);
      exchange.response.end();
    },
  },
  {
    title: 'a stream whose connection breaks',
    reads: 'stream',
    serve(exchange) {
      beginStream(exchange);
      setTimeout(() => exchange.response.destroy(), 20);
    },
  },
  { title: 'a stream that falls silent; 300 ms', reads: 'stream', limits: short, serve: beginStream },
  {
    title: 'a stream whose last event has no empty line after it',
    reads: 'stream',
    serve({ response, events }) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(events.join('').trimEnd());
    },
  },
  {
    title: 'an error event in a stream',
    reads: 'stream',
    serve(exchange) {
      beginStream(exchange);
      exchange.response.end(`event: error\ndata: ${refusal('upstream_error')}\n\n`);
    },
  },
  {
    ...plain,
    title: 'the caller aborts before the call',
    aborts: 'before',
  },
  { title: 'the caller aborts before the response', aborts: 'soon', serve: () => {} },
  { title: 'the caller aborts in the body', aborts: 'soon', serve: begin },
  {
    title: 'the caller aborts in the wait before a retry',
    aborts: 'soon',
    serve: ({ response }) =>
      response.writeHead(429, { ...json, 'retry-after': '30' }).end(refusal('rate_limited')),
  },
  { title: 'the caller aborts in a stream', reads: 'stream', aborts: 'after a piece', serve: beginStream },
];
