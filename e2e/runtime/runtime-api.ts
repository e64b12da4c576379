import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { closeServer, listenOnLoopback } from '@org/local';

/** An answer that a function has begun to post. The body is still to be read, followed by the trailers. */
export interface Posted {
  /** `error` means that the handler threw before it sent anything. */
  readonly kind: 'response' | 'error';
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

/** One event for a function, and the receiver of its answer. */
interface Invocation {
  readonly event: object;
  readonly id: string;
  readonly answered: (posted: Posted) => void;
}

/** The API that a function's process talks to on Lambda. */
export interface RuntimeApi {
  /** For `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** The posted error of a failed init. Stays pending if there is none. */
  readonly initError: Promise<unknown>;
  /** Hands out an event. Resolves when its answer begins. */
  invoke(event: object): Promise<Posted>;
  close(): Promise<void>;
}

/** An invocation's time limit. No test waits for its end. */
const timeoutMs = 30_000;

/**
 * Lambda's Runtime API on loopback.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
 */
export async function startRuntimeApi(functionArn: string): Promise<RuntimeApi> {
  const waiting: Invocation[] = [];
  const handedOut = new Map<string, Invocation>();
  const initError = Promise.withResolvers<unknown>();
  let idle: ServerResponse | undefined;

  const handOut = (): void => {
    const [next] = waiting;
    if (!idle || !next) return;
    waiting.shift();
    handedOut.set(next.id, next);
    idle
      .writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': next.id,
        'lambda-runtime-deadline-ms': String(Date.now() + timeoutMs),
        'lambda-runtime-invoked-function-arn': functionArn,
        'lambda-runtime-trace-id': `Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1`,
      })
      .end(JSON.stringify(next.event));
    idle = undefined;
  };

  const server = createServer(async (request, response) => {
    const accept = () =>
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    const path = request.url?.replace(/^\/2018-06-01\/runtime\//, '');
    if (request.method === 'GET' && path === 'invocation/next') {
      idle = response;
      handOut();
      return;
    }
    if (request.method === 'POST' && path === 'init/error') {
      initError.resolve(await json(request));
      accept();
      return;
    }
    const [, id = '', kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path ?? '') ?? [];
    const invocation = handedOut.get(id);
    if (request.method !== 'POST' || !invocation || (kind !== 'response' && kind !== 'error')) {
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"errorType":"InvalidRequestID"}');
      return;
    }
    handedOut.delete(id);
    request.on('end', accept);
    invocation.answered({ kind, headers: request.headers, body: request });
  });
  const url = await listenOnLoopback(server);

  return {
    address: new URL(url).host,
    initError: initError.promise,
    invoke: (event) =>
      new Promise((answered) => {
        waiting.push({ event, id: crypto.randomUUID(), answered });
        handOut();
      }),
    close: () => closeServer(server),
  };
}
