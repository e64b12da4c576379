import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { BedrockClient } from '../src/bedrock-client.ts';
import { isBedrockProxyError } from '../src/errors/errors.ts';
import type { Fetch } from '../src/http/fetch.ts';
import type { AskOptions, BedrockClientOptions } from '../src/options/options.ts';
import {
  answer,
  beginStream,
  closedUrl,
  envelope,
  events,
  type Handler,
  replying,
  streaming,
} from './loopback-server.ts';
import { scene } from './scene.ts';

/** What is sent and what is answered, each marked: none of it may be seen but in the answer itself. */
const canary = (what: string) => `canary-${what}-7c1f`;
const apiKey = canary('key');
const asked: AskOptions = {
  system: canary('system'),
  history: [
    { role: 'user', text: canary('history') },
    { role: 'assistant', text: canary('history') },
  ],
  tools: [{ name: 'look', description: canary('tool'), inputSchema: { type: 'object' } }],
  stop: [canary('stop')],
  outputSchema: { type: 'object', description: canary('schema') },
  headers: { authorization: `Bearer ${canary('token')}` },
};
const answered = {
  ...answer,
  text: canary('answer'),
  content: [
    { type: 'text', text: canary('answer') },
    { type: 'tool_use', id: '1', name: 'look', input: { at: canary('input') } },
  ],
  output: { city: canary('output') },
};
const [start, delta, , done] = events;
const piece = { ...delta, text: canary('answer') };
const page = `<html>${canary('page')}</html>`;

type Use = (client: BedrockClient, options?: AskOptions) => Promise<unknown>;
const uses: readonly Use[] = [
  async (client, options) => client.ask('llama', canary('question'), { ...asked, ...options }),
  async (client, options) => client.stream('llama', canary('question'), { ...asked, ...options }).final(),
];
const failing: readonly Use[] = [
  ...uses,
  async (client, options) => client.run('llama', canary('question'), { ...asked, ...options }),
];

/** Every way in which a value gets into a log, a report or another thread. */
function shown(value: unknown): string {
  const written = new PassThrough();
  const console = new Console(written);
  console.log(value);
  console.log('%s %o %j', value, value, value);
  console.dir(value, { showHidden: true, depth: null });
  return [
    written.read()?.toString(),
    inspect(value, { showHidden: true, depth: Number.POSITIVE_INFINITY, getters: true }),
    JSON.stringify(value),
    ...chain(value).flatMap((error) => [String(error), error.stack, JSON.stringify(error)]),
    cloned(value),
  ].join('\n');
}

/** An error, its cause, the cause of that ... */
function chain(value: unknown): Error[] {
  return value instanceof Error ? [value, ...chain(value.cause)] : [];
}

/** What another thread gets, or why it gets nothing: a client has functions, which no other thread can have. */
function cloned(value: unknown): string {
  try {
    return inspect(structuredClone(value), { showHidden: true, depth: null });
  } catch (error) {
    if (isBedrockProxyError(value)) throw error;
    return String(error);
  }
}

/** A client with hooks and a logger, and what they saw. */
async function observed(handler: Handler, options: BedrockClientOptions = {}) {
  const seen: unknown[] = [];
  const see = (event: unknown) => seen.push(event);
  const hooks = { onRequest: see, onResponse: see, onRetry: see, onError: see };
  const { client } = await scene(handler, { apiKey, ...options, logger: { debug: see, warn: see }, hooks });
  return { client, seen };
}

function expectNothingSecret(...values: unknown[]): void {
  for (const value of values) expect(shown(value)).not.toContain('canary-');
}

describe('nothing secret is in an error, in what hooks and loggers see, or in the client', () => {
  const cut: Handler = (response) => {
    response.writeHead(200, { 'content-length': 5000 });
    response.write(JSON.stringify(answered), () => response.destroy());
  };
  const broken: Handler = (response) => {
    beginStream(response, start, piece);
    setImmediate(() => response.destroy());
  };

  test.each<[string, Handler]>([
    ['an error of the proxy', replying(401, envelope('unauthenticated'))],
    ['a retry that fails', replying(429, envelope('rate_limited'))],
    [
      'an answer that the proxy refused',
      replying(502, envelope('invalid_output', { output: canary('output') })),
    ],
    ['a web page', replying(200, page, { 'content-type': 'text/html' })],
    ['an error of something in between', replying(502, page)],
    ['a redirect', (response) => response.writeHead(302, { location: `/${canary('location')}` }).end()],
    ['an answer of another shape', replying(200, { ...answered, usage: canary('usage') })],
    ['a truncated answer', replying(200, JSON.stringify(answered).slice(0, 100))],
    ['a cut answer', cut],
    ['a connection that breaks', (response) => response.destroy()],
    ['a stream that breaks off', streaming(start, piece)],
    ['a stream whose connection breaks', broken],
    ['a stream that fails', streaming(start, piece, envelope('upstream_error'))],
    ['a stream of another shape', streaming(start, piece, { ...done, usage: canary('usage') })],
    ['a stream that is not JSON', streaming(start, `data: ${canary('answer')}\n\n`)],
  ])('%s', async (_, handler) => {
    for (const use of failing) {
      const { client, seen } = await observed(handler);
      const error: unknown = await use(client).catch((thrown) => thrown);
      expect(error).toSatisfy(isBedrockProxyError);
      expect(seen.length).toBeGreaterThan(2);
      expectNothingSecret(error, client, ...seen);
    }
  });

  const throwing =
    (make: (request: Parameters<Fetch>) => Error): Fetch =>
    async (...request) => {
      throw make(request);
    };

  test.each<[string, BedrockClientOptions, AskOptions]>([
    [
      'a fetch that fails with the request in hand',
      { fetch: throwing((request) => Object.assign(new Error('No.'), { request })) },
      {},
    ],
    [
      'a fetch that fails with the request behind it',
      {
        fetch: throwing(
          (request) => new TypeError('No.', { cause: Object.assign(new Error('No.'), { request }) }),
        ),
      },
      {},
    ],
    [
      'a fetch that says the key',
      { fetch: throwing(([, { headers }]) => new TypeError(`Headers.append: ${headers['x-api-key']}`)) },
      {},
    ],
    ['a time limit', { fetch: () => new Promise(() => {}) }, { timeoutMs: 5 }],
    ['an abort', {}, { signal: AbortSignal.abort() }],
    ['a key that cannot be sent', { apiKey: () => `${canary('key')}\n` }, {}],
    ['a header that cannot be sent', {}, { headers: { cookie: `${canary('cookie')}\n` } }],
    [
      'an option of a call that is refused',
      {},
      { history: [{ role: 'user', text: canary('history') }], maxTokens: Number.NaN, timeoutMs: -1 },
    ],
  ])('%s', async (_, options, askOptions) => {
    for (const use of failing) {
      const { client, seen } = await observed(() => {}, { baseUrl: await closedUrl(), ...options });
      const error: unknown = await use(client, askOptions).catch((thrown) => thrown);
      expect(error).toSatisfy(isBedrockProxyError);
      expectNothingSecret(error, client, ...seen);
    }
  });

  test('an output that the schema refuses', async () => {
    const { client, seen } = await observed(replying(200, answered));
    const issues = [{ message: 'No city.', path: ['city'] }];
    const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues }) } } as const;
    const outputSchema = { type: 'object' };
    const { error } = await client.safeAsk('llama', canary('question'), { ...asked, schema, outputSchema });
    expect(error).toMatchObject({ code: 'invalid_output' });
    expectNothingSecret(error, client, ...seen);
  });
});

test('nothing secret is in what hooks and loggers see of an answer', async () => {
  const refused = replying(429, envelope('rate_limited'));
  const streamed = streaming(start, piece, { ...done, output: answered.output });
  for (const [index, use] of uses.entries()) {
    const good = index === 0 ? replying(200, answered) : streamed;
    const { client, seen } = await observed((response, attempt, call) =>
      (attempt === 1 ? refused : good)(response, attempt, call),
    );
    expect(await use(client)).toMatchObject({ text: canary('answer'), attempts: 2 });
    expect(seen.filter((event) => typeof event === 'string')).toHaveLength(6);
    expectNothingSecret(client, ...seen);
  }
});

test('nothing secret is in a stream, before it is read, while it is and after', async () => {
  const { client } = await observed(streaming(start, piece, { ...done, output: answered.output }));
  const stream = client.stream('llama', canary('question'), asked);
  expectNothingSecret(stream);
  const reading = stream[Symbol.asyncIterator]();
  await reading.next();
  expectNothingSecret(stream, reading, stream.textStream());
  await stream.final();
  expectNothingSecret(stream, reading);
});
