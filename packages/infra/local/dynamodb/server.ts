import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import dynalite from 'dynalite';
import { type Fault, sendException } from './fault.ts';

export interface LocalDynamoDb {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  /** Requests so far by operation, `UpdateItem` for one: all that arrived, those that met a fault too. */
  readonly requests: Readonly<Record<string, number>>;
  /** The next requests meet these faults, one each, in this order. */
  failNext(...faults: Fault[]): void;
  /** Every request meets this fault, once those of `failNext` are used up. Without one: no more. */
  failEvery(fault?: Fault): void;
  close(): Promise<void>;
}

/**
 * DynamoDB in memory on loopback: dynalite, behind a server that counts and makes faults on request.
 *
 * @example
 * const dynamodb = await startDynamoDb();
 * dynamodb.failNext({ kind: 'none' }, { kind: 'reset-after' });
 */
export async function startDynamoDb({ port = 0 }: { port?: number } = {}): Promise<LocalDynamoDb> {
  // It does not listen itself: its handler throws, and takes the process along, when a caller goes away.
  const database = dynalite({ createTableMs: 0 });
  const requests: Record<string, number> = {};
  const faults: Fault[] = [];
  let lasting: Fault | undefined;

  const server = createServer(async (request, response) => {
    const [, operation = 'unknown'] = String(request.headers['x-amz-target']).split('.');
    requests[operation] = (requests[operation] ?? 0) + 1;
    const fault = faults.shift() ?? lasting ?? { kind: 'none' };
    try {
      await meet(fault, response, await wholeRequest(request), (whole) =>
        database.emit('request', whole, response),
      );
    } catch {
      // The caller went away in the middle of its request.
      response.destroy();
    }
  });
  // A connection closed just as its next request comes would be a fault that nobody asked for.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The local DynamoDB has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    failNext: (...more) => void faults.push(...more),
    failEvery: (fault) => {
      lasting = fault;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

type WholeRequest = Readable & Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** A request as dynalite reads it, but without a connection that could be closed under it. */
async function wholeRequest(request: IncomingMessage): Promise<WholeRequest> {
  const { method, url, headers } = request;
  return Object.assign(Readable.from([await buffer(request)]), { method, url, headers });
}

async function meet(
  fault: Fault,
  response: ServerResponse,
  request: WholeRequest,
  apply: (request: WholeRequest) => void,
): Promise<void> {
  switch (fault.kind) {
    case 'stall':
      return;
    case 'reset':
      response.destroy();
      return;
    case 'exception':
      sendException(response, fault.name);
      return;
    case 'reset-after':
      // dynalite answers when it has written.
      response.end = () => response.destroy();
      break;
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.milliseconds).unref());
      break;
  }
  apply(request);
}
