// Other packages compile this too, and would not find the types otherwise.
/// <reference path="./dynalite.d.ts" />
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import dynalite from 'dynalite';
import { Level } from 'level';
import { closeServer, listenOnLoopback } from '../loopback.ts';
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

/** A directory of tables that cannot be opened. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
}

/** A request as it arrived. */
export interface ReceivedRequest {
  /** `UpdateItem`, for one. */
  readonly operation: string;
  /** The body's JSON. */
  readonly text: string;
}

export interface DynamoDbOptions {
  /** Default: a free port. */
  readonly port?: number;
  /**
   * Directory to keep the tables in. A write is with the operating system before it is answered, so that it outlives
   * this process however that ends, but not a machine that loses its power. Default: in memory.
   */
  readonly directory?: string | undefined;
  /** Says what a request meets, where neither `failNext` nor `failEvery` does. Default: nothing. */
  readonly meet?: (request: ReceivedRequest) => Fault;
  /** Called for a request without a fault whose caller went away before it had the answer. */
  readonly onGivenUp?: (request: ReceivedRequest) => void;
}

/**
 * DynamoDB on loopback, in memory or in a directory: dynalite, behind a server that counts and makes faults on request.
 *
 * @throws {DirectoryError} If another process has the directory open, or it is not one of tables.
 * @example
 * const dynamodb = await startDynamoDb();
 * dynamodb.failNext({ kind: 'none' }, { kind: 'reset-after' });
 */
export async function startDynamoDb({
  port = 0,
  directory,
  meet = () => ({ kind: 'none' }),
  onGivenUp = () => {},
}: DynamoDbOptions = {}): Promise<LocalDynamoDb> {
  if (directory !== undefined) await checkDirectory(directory);
  // It does not listen itself: its handler throws, and takes the process along, when a caller goes away.
  const database = dynalite({ createTableMs: 0, ...(directory === undefined ? {} : { path: directory }) });
  const requests: Record<string, number> = {};
  const faults: Fault[] = [];
  let lasting: Fault | undefined;

  const server = createServer(async (request, response) => {
    const [, operation = 'unknown'] = String(request.headers['x-amz-target']).split('.');
    requests[operation] = (requests[operation] ?? 0) + 1;
    const scheduled = faults.shift() ?? lasting;
    // Before the body is read: a caller may leave while it is.
    const closed = new Promise<void>((resolve) => response.on('close', resolve));
    try {
      const body = await buffer(request);
      const received = { operation, text: body.toString() };
      const fault = scheduled ?? meet(received);
      closed.then(() => {
        if (fault.kind === 'none' && !response.writableFinished) onGivenUp(received);
      });
      await answer(fault, response, wholeRequest(request, body), (whole) =>
        database.emit('request', whole, response),
      );
    } catch {
      // The caller went away in the middle of its request.
      response.destroy();
    }
  });
  const url = await listenOnLoopback(server, port);
  return {
    url,
    requests,
    failNext: (...more) => void faults.push(...more),
    failEvery: (fault) => {
      lasting = fault;
    },
    close: () => closeServer(server),
  };
}

/** dynalite ends the process where it cannot open its directory. */
async function checkDirectory(directory: string): Promise<void> {
  const level = new Level(directory);
  try {
    await level.open();
    await level.close();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const reason =
      cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED'
        ? 'another process has it open'
        : ((cause instanceof Error ? cause.message : undefined) ?? error);
    throw new DirectoryError(`The tables in ${directory} cannot be opened: ${reason}.`, { cause: error });
  }
}

type WholeRequest = Readable & Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** A request as dynalite reads it, but without a connection that could be closed under it. */
function wholeRequest({ method, url, headers }: IncomingMessage, body: Buffer): WholeRequest {
  return Object.assign(Readable.from([body]), { method, url, headers });
}

async function answer(
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
