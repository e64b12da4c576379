import { headers as headerNames, type ModelSummary, parseJson } from '@org/contract';
import type { LimitPace } from '../answer/usage-report.ts';
import type { SentErrorCode } from '../errors/error-codes.ts';
import type { Fetch } from '../http/fetch.ts';
import { type Operation, operationRoutes } from '../http/operation.ts';
import type { GivenAnswer } from './mock-answer.ts';
import {
  answerReply,
  brokenStreamReply,
  cutReply,
  type ErrorOptions,
  embeddingsReply,
  errorReply,
  errorResponse,
  gatewayReply,
  htmlReply,
  listReply,
  type MockCall,
  type MockReply,
  stalledReply,
  usageReply,
} from './mock-reply.ts';
import { misfit, type ReplyName, type ScriptedReply, unreadable } from './script.ts';

/** The part of msw's `http` that is needed, so that msw is not a dependency. */
export interface MswHttp<Handler> {
  /** Makes a handler for a GET. */
  get(path: string, resolver: (info: { request: Request }) => Promise<Response>): Handler;
  /** Makes a handler for a POST. */
  post(path: string, resolver: (info: { request: Request }) => Promise<Response>): Handler;
}

/**
 * A proxy in memory that answers from a script: each method adds a reply, and each request takes the next one. When the
 * script is used up, an ask and a stream are answered with `A mock answer.`, an embed with a vector for each input, and
 * the others with empty lists. If the next reply cannot answer the request, as `answer` cannot answer `usage()`, the
 * test has a bug: the call throws an error that says so and is not an error of this package. Through msw, which can only
 * respond, it is an `InvalidRequestError`.
 *
 * @example
 * ```ts
 * import { createBedrockClient, QuotaExceededError } from '@org/bedrock-client';
 * import { createMockProxy } from '@org/bedrock-client/testing';
 *
 * const proxy = createMockProxy().answer('Hello.').error('quota_exceeded');
 * const client = createBedrockClient({ baseUrl: 'https://mock', apiKey: 'key', fetch: proxy.fetch });
 * console.log((await client.ask('nova-lite', 'Hi')).text); // Hello.
 * const result = await client.safeAsk('nova-lite', 'Hi');
 * console.log(result.error instanceof QuotaExceededError); // true
 * console.log(proxy.calls.map(({ body }) => body['question'])); // ['Hi', 'Hi']
 * ```
 */
export interface MockProxy {
  /** Pass it as the `fetch` option of a client. */
  readonly fetch: (...request: Parameters<Fetch>) => Promise<Response>;
  /** Every request, oldest first. */
  readonly calls: readonly MockCall[];
  /** Handlers for msw: `setupServer(...proxy.handlers(http))`. They answer on any host, below any stage. */
  handlers<Handler>(http: MswHttp<Handler>): Handler[];

  /** An answer: its text, the pieces that a stream sends, or any fields of it (`content`, `output`, `stopReason`, `usage` ...). */
  answer(answer: GivenAnswer): MockProxy;
  /** An answer that calls a tool. For more than one call, or with text, use `answer({ content: [...] })`. */
  toolCall(name: string, input: Record<string, unknown>): MockProxy;
  /** The vectors of an embed. */
  embeddings(vectors: readonly (readonly number[])[]): MockProxy;
  /** The list of models. */
  models(models: readonly ModelSummary[]): MockProxy;
  /** The limits. */
  usage(limits: readonly LimitPace[]): MockProxy;
  /** An error of the proxy, with details as the proxy sends them. */
  error<Code extends SentErrorCode>(code: Code, options?: ErrorOptions<Code>): MockProxy;
  /** An error of API Gateway itself, with its own message: `gatewayError(429, 'Limit Exceeded')`. */
  gatewayError(status: number, message: string): MockProxy;
  /** A web page, with status 200. */
  webPage(): MockProxy;
  /** No answer, until the client gives up. */
  stall(): MockProxy;
  /** A body that breaks off in the middle. For a stream use `cutStream`. */
  cutBody(): MockProxy;
  /** A refused connection. Through msw it fails without a reason. */
  refuse(): MockProxy;
  /** A stream of these pieces that ends without its last event. */
  cutStream(pieces: readonly string[]): MockProxy;
  /** A stream of these pieces that then falls silent. */
  stallStream(pieces: readonly string[]): MockProxy;
  /** A stream of these pieces that then fails. */
  failStream(pieces: readonly string[], code: SentErrorCode): MockProxy;
}

/** Makes a mock proxy without a script. */
export function createMockProxy(): MockProxy {
  const script: ScriptedReply[] = [];
  const calls: MockCall[] = [];

  const respond = async (request: Request, report: (fault: string) => Response): Promise<Response> => {
    const call = await readCall(request);
    calls.push(call);
    const next = script.shift();
    if (next === undefined) {
      return unscripted[call.operation](call, request.signal);
    }
    const fault = misfit(next, call.operation, calls.length);
    return fault === undefined ? next.reply(call, request.signal) : report(fault);
  };

  const then = (name: ReplyName, reply: MockReply): MockProxy => {
    script.push({ name, reply });
    return proxy;
  };

  const proxy: MockProxy = {
    fetch: async (url, init) => {
      const response = await respond(new Request(url, init), unreadable);
      init.signal.throwIfAborted();
      if (response.type === 'error') {
        throw new TypeError('fetch failed', {
          cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
        });
      }
      return response;
    },
    calls,
    handlers: (http) =>
      Object.values(operationRoutes).map(({ method, path }) =>
        http[method === 'GET' ? 'get' : 'post'](`*${path}`, ({ request }) =>
          respond(request, (message) => errorResponse('invalid_request', { message, details: null })),
        ),
      ),
    answer: (answer) => then('answer', answerReply(answer)),
    toolCall: (name, input) => {
      const id = `mock-call-${script.length + calls.length + 1}`;
      return then('toolCall', answerReply({ content: [{ type: 'tool_use', id, name, input }] }));
    },
    embeddings: (vectors) => then('embeddings', embeddingsReply(vectors)),
    models: (models) => then('models', listReply(models)),
    usage: (limits) => then('usage', usageReply(limits)),
    error: (code, options) => then('error', errorReply(code, options)),
    gatewayError: (status, message) => then('gatewayError', gatewayReply(status, message)),
    webPage: () => then('webPage', htmlReply),
    stall: () => then('stall', stalledReply),
    cutBody: () => then('cutBody', cutReply),
    refuse: () => then('refuse', () => Response.error()),
    cutStream: (pieces) => then('cutStream', brokenStreamReply(pieces, 'cut')),
    stallStream: (pieces) => then('stallStream', brokenStreamReply(pieces, 'stall')),
    failStream: (pieces, code) => then('failStream', brokenStreamReply(pieces, code)),
  };
  return proxy;
}

const unscripted: Readonly<Record<Operation, MockReply>> = {
  ask: answerReply('A mock answer.'),
  stream: answerReply('A mock answer.'),
  embed: embeddingsReply(),
  models: listReply([]),
  usage: usageReply([]),
};

async function readCall(request: Request): Promise<MockCall> {
  const { pathname } = new URL(request.url);
  const body = parseJson(await request.text());
  return {
    operation: operationAt(pathname),
    headers: { ...Object.fromEntries(request.headers), [headerNames.apiKey]: '[API key]' },
    body: typeof body === 'object' && body !== null ? { ...body } : {},
  };
}

function operationAt(pathname: string): Operation {
  const found = Object.keys(operationRoutes)
    .filter(isOperation)
    .find((operation) => pathname.endsWith(operationRoutes[operation].path));
  if (found === undefined) {
    throw new Error(`The mock proxy has no route at ${pathname}.`);
  }
  return found;
}

function isOperation(name: string): name is Operation {
  return Object.hasOwn(operationRoutes, name);
}
