import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { AnswerBlock, ToolUseBlock } from '@org/contract';
import { onTestFinished } from 'vitest';

export interface ReceivedCall {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one call; `attempt` counts from 1. */
export type Handler = (response: ServerResponse, attempt: number, received: ReceivedCall) => void;

/** A real HTTP server for one test, which closes it. */
export async function serve(handler: Handler) {
  const calls: ReceivedCall[] = [];
  const server = createServer(async (request, response) => {
    const body = await readText(request);
    const call = { method: request.method, path: request.url, headers: request.headers, body };
    calls.push(call);
    handler(response, calls.length, call);
  });
  const port = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}/dev`, calls };
}

/** A URL where nothing listens. */
export async function closedUrl(): Promise<string> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/dev`;
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

export const limits = [
  {
    limit: 'requests',
    period: 'month',
    scope: 'team',
    max: 80,
    used: 41,
    remaining: 39,
    resetsAt: '2026-12-01T00:00:00.000Z',
  },
  {
    limit: 'usd',
    period: 'day',
    scope: 'key',
    max: 1.5,
    used: 0.25,
    remaining: 1.25,
    resetsAt: '2026-11-23T00:00:00.000Z',
  },
];

/** The same limits, as the client reads them. */
export const readLimits = limits.map((limit) => ({ ...limit, resetsAt: new Date(limit.resetsAt) }));

export const answer = {
  id: 'request-1',
  model: 'llama',
  modelId: 'us.meta.llama4-maverick-17b-instruct-v1:0',
  text: 'A bad place.',
  content: [{ type: 'text', text: 'A bad place.' }],
  stopReason: 'end_turn',
  usage: { inputTokens: 5, outputTokens: 4, totalTokens: 9, costUsd: 0.000006 },
  limits,
};

/** An answer of these blocks. */
export function answerOf(...content: AnswerBlock[]) {
  const stopReason = content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn';
  const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  return { ...answer, text, content, stopReason };
}

/** A call of a tool. */
export function call(id: string, name: string, input: Record<string, unknown> = {}): ToolUseBlock {
  return { type: 'tool_use', id, name, input };
}

const { text, id, model, modelId, ...ending } = answer;

/** The events of a stream that says the same as `answer`. */
export const events = [
  { type: 'start', id, model, modelId },
  { type: 'delta', text: 'A bad ' },
  { type: 'delta', text: 'place.' },
  { type: 'done', ...ending },
] as const;

/** An event as it is sent; text is sent as it is. */
export function sent(event: object | string): string {
  if (typeof event === 'string') return event;
  const type = 'type' in event ? event.type : 'message';
  return `event: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Begins a stream with these events, and leaves it open. */
export function beginStream(response: ServerResponse, ...first: (object | string)[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'request-1' });
  response.flushHeaders();
  for (const event of first) response.write(sent(event));
}

/** Responds to every call with a stream of these events. */
export function streaming(...sent: (object | string)[]): Handler {
  return (response) => {
    beginStream(response, ...sent);
    response.end();
  };
}

export function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Responds to every call with the same text over and over, until the client has gone. */
export function endless(status: number, contentType: string, text: string, first = ''): Handler {
  const piece = text.repeat(Math.ceil(100_000 / text.length));
  return (response) => {
    response.writeHead(status, { 'content-type': contentType }).write(first);
    const write = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', write);
    write();
  };
}

/** Responds to each call with the next of these bodies, or as the next of these handlers does. */
export function inTurn(...replies: (Handler | object)[]): Handler {
  return (response, attempt, received) => {
    const next = replies[attempt - 1];
    if (typeof next === 'function') next(response, attempt, received);
    else reply(response, 200, next);
  };
}

/** Responds to every call like this. */
export function replying(status: number, body: unknown, headers?: Record<string, string>): Handler {
  return (response) => reply(response, status, body, headers);
}

export function envelope(code: string, details?: unknown, message = `About ${code}.`) {
  return {
    type: 'error' as const,
    error: { type: 'api_error', code, message, param: null, details },
    request_id: 'request-1',
  };
}
