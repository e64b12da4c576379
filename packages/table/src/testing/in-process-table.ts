import { EventEmitter } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type HttpHandlerUserInput, type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import dynalite from 'dynalite';
import { createTable } from './test-table.ts';

/** Handles a request on its way: `send` applies it and returns the answer. `signal` is the caller's. */
export type Network = (
  send: () => Promise<HttpResponse>,
  signal: { readonly aborted: boolean } | undefined,
) => Promise<HttpResponse>;

const unsigned = {
  authorization: 'AWS4-HMAC-SHA256 Credential=none, SignedHeaders=host, Signature=none',
  'x-amz-date': '20261130T000000Z',
};

/**
 * A table as the stack makes it, on a DynamoDB API in this process. Without sockets a request takes half of the time,
 * and the same requests are answered in the same order each time.
 *
 * @returns A client of it, which the network stands in the way of.
 */
export async function openTable(network: Network): Promise<DynamoDBClient> {
  const database = dynalite({ createTableMs: 0 });
  const requestHandler: HttpHandlerUserInput = {
    handle: async (request: HttpRequest, { abortSignal } = {}) => ({
      response: await network(() => answerOf(database, request), abortSignal),
    }),
  };
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: 'http://in-process',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    // dynalite requires a signature but ignores it. Computing one takes a tenth of the time.
    signer: {
      sign: async (request) => {
        Object.assign(request.headers, unsigned);
        return request;
      },
    },
    maxAttempts: 1,
    requestHandler,
  });
  await createTable(client);
  return client;
}

/** dynalite reads a request like a Node request, and needs only these parts of a response. */
function answerOf(
  database: ReturnType<typeof dynalite>,
  { method, path, headers, body }: HttpRequest,
): Promise<HttpResponse> {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const request = Object.assign(new EventEmitter(), {
    method,
    url: path,
    headers: Object.fromEntries(named),
  });
  return new Promise((resolve) => {
    const answer = new HttpResponse({ statusCode: 200 });
    const response = Object.assign(answer, {
      setHeader: (name: string, value: unknown) => {
        answer.headers[name.toLowerCase()] = String(value);
      },
      end: (text: string) => {
        answer.body = Buffer.from(text);
        resolve(answer);
      },
    });
    database.emit('request', request, response);
    request.emit('data', new TextDecoder().decode(body));
    request.emit('end');
  });
}
