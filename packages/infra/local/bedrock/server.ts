import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { converse } from './converse.ts';
import { BedrockException, type ExceptionName } from './exception.ts';
import { invokeModel } from './invoke-model.ts';
import { admitModel } from './model-access.ts';
import type { ModelAnswer } from './simulated-model.ts';

/** How one call goes wrong. */
export type Fault =
  | { readonly kind: 'exception'; readonly name: ExceptionName; readonly message?: string }
  /** Answers after so many milliseconds. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** Takes the request and never answers. */
  | { readonly kind: 'stall' }
  /** Closes the connection without an answer. */
  | { readonly kind: 'reset' }
  /** Sends half of the answer and closes the connection. */
  | { readonly kind: 'cut' }
  /** Answers 200 with this body. */
  | { readonly kind: 'body'; readonly body: string };

/** A call as it arrived. */
export interface ReceivedCall {
  readonly operation: string;
  readonly modelId: string;
  readonly region: string;
  /** The body's bytes, as text. */
  readonly text: string;
}

/** Tokens that AWS would put on the bill. */
export interface BilledTokens {
  inputTokens: number;
  outputTokens: number;
}

export interface SimulatedBedrock {
  /** For `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`. */
  readonly url: string;
  /** The calls so far, oldest first; at most the last thousand. */
  readonly received: readonly ReceivedCall[];
  /** What calls so far cost: all in which the model ran, whether or not the answer arrived. */
  readonly billed: Readonly<BilledTokens>;
  /** The next calls meet these faults, one each, in this order. */
  failNext(...faults: Fault[]): void;
  close(): Promise<void>;
}

/**
 * Bedrock's runtime on loopback: the real wire protocol, answers from a simulated model, and faults on request.
 *
 * @example
 * const bedrock = await startBedrock();
 * bedrock.failNext({ kind: 'exception', name: 'ThrottlingException' });
 */
export async function startBedrock({ port = 0 }: { port?: number } = {}): Promise<SimulatedBedrock> {
  const received: ReceivedCall[] = [];
  const faults: Fault[] = [];
  const billed: BilledTokens = { inputTokens: 0, outputTokens: 0 };
  const server = createServer(async (request, response) => {
    try {
      const call = await readCall(request);
      received.push(call);
      if (received.length > 1000) received.shift();
      await answer(call, faults.shift(), response, billed);
    } catch (error) {
      const exception =
        error instanceof BedrockException ? error : new BedrockException('InternalServerException');
      sendException(response, exception);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The simulated Bedrock has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    billed,
    failNext: (...more) => void faults.push(...more),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function readCall(request: IncomingMessage): Promise<ReceivedCall> {
  const body = await text(request);
  const region = /Credential=[^/]+\/\d{8}\/([^/]+)\/bedrock\/aws4_request/.exec(
    request.headers.authorization ?? '',
  )?.[1];
  if (!region) throw new BedrockException('MissingAuthenticationTokenException');
  const [, modelId, operation] = /^\/model\/([^/]+)\/([^/?]+)$/.exec(request.url ?? '') ?? [];
  if (request.method !== 'POST' || !modelId || !operation)
    throw new BedrockException('UnknownOperationException');
  return { operation, modelId: decodeURIComponent(modelId), region, text: body };
}

async function answer(
  call: ReceivedCall,
  fault: Fault | undefined,
  response: ServerResponse,
  billed: BilledTokens,
): Promise<void> {
  if (fault?.kind === 'exception') throw new BedrockException(fault.name, fault.message);
  const { body, completion } = reply(call);
  billed.inputTokens += completion.inputTokens;
  billed.outputTokens += completion.outputTokens;
  const text = JSON.stringify(body);
  switch (fault?.kind) {
    case 'stall':
      return;
    case 'reset':
      response.destroy();
      return;
    case 'body':
      send(response, fault.body);
      return;
    case 'cut':
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
      return;
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.milliseconds).unref());
  }
  send(response, text);
}

function reply({ operation, modelId, region, text }: ReceivedCall): ModelAnswer {
  const maxOutputTokens = admitModel(modelId, region);
  switch (operation) {
    case 'converse':
      return converse(modelId, parseJson(text), maxOutputTokens);
    case 'invoke':
      return invokeModel(modelId, parseJson(text));
    default:
      throw new BedrockException('UnknownOperationException');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BedrockException(
      'ValidationException',
      'Malformed input request, please reformat your input and try again.',
    );
  }
}

function send(response: ServerResponse, body: string): void {
  response
    .writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': crypto.randomUUID() })
    .end(body);
}

/** AWS names the exception in a header, with a URL behind it that clients have to cut off. */
function sendException(response: ServerResponse, { name, status, message }: BedrockException): void {
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-requestid': crypto.randomUUID(),
      'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
    })
    .end(JSON.stringify({ message }));
}
