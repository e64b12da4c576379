// Other packages compile this too, and would not find the types otherwise.
/// <reference path="../../../table/src/testing/dynalite.d.ts" />
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import dynalite from 'dynalite';
import { Level } from 'level';
import { closeServer, listenOnLoopback } from '../loopback.ts';
import { type Fault, send, sendException } from './fault.ts';
import { type Answer, Transactions } from './transactions.ts';

export interface LocalDynamoDb {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  /** Requests so far by operation, for example `UpdateItem`: all that arrived, including those that met a fault. */
  readonly requests: Readonly<Record<string, number>>;
  /** The next requests meet these faults, one each, in this order. */
  failNext(...faults: Fault[]): void;
  /** From now on every request meets this fault, after those of `failNext`. Without a fault: none. */
  failEvery(fault?: Fault): void;
  close(): Promise<void>;
}

/** The tables in a directory cannot be opened. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
}

/** A request as it arrived. */
export interface ReceivedRequest {
  /** For example `UpdateItem`. */
  readonly operation: string;
  /** The body's JSON. */
  readonly text: string;
}

export interface DynamoDbOptions {
  /** Default: a free port. */
  readonly port?: number;
  /**
   * Directory for the tables. A write is with the operating system before it is answered, so it outlives this process,
   * however it ends, but not a power failure. Default: in memory.
   */
  readonly directory?: string | undefined;
  /** Chooses a request's fault, if neither `failNext` nor `failEvery` does. Default: none. */
  readonly meet?: (request: ReceivedRequest) => Fault;
  /** Called for a request without a fault whose caller left before the answer. */
  readonly onGivenUp?: (request: ReceivedRequest) => void;
}

/**
 * DynamoDB on loopback, in memory or in a directory: dynalite, behind a server that counts requests and injects faults.
 *
 * @throws {DirectoryError} If another process has the directory open, or it is not a directory of tables.
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
  // dynalite does not listen itself: its handler throws, and ends the process, when a caller leaves.
  const database = dynalite({ createTableMs: 0, ...(directory === undefined ? {} : { path: directory }) });
  const transactions = new Transactions();
  const requests: Record<string, number> = {};
  const faults: Fault[] = [];
  let lasting: Fault | undefined;

  /** Calls the database in the name of a request. */
  const call = ({ method, url, headers }: IncomingMessage, operation: string, input: object) =>
    new Promise<Answer>((resolve) => {
      const [version] = String(headers['x-amz-target']).split('.');
      const response = {
        statusCode: 200,
        setHeader() {},
        end(body: string) {
          resolve({ status: response.statusCode, body });
        },
      };
      const own = { method, url, headers: { ...headers, 'x-amz-target': `${version}.${operation}` } };
      database.emit('request', wholeRequest(own, Buffer.from(JSON.stringify(input))), response);
    });

  const server = createServer(async (request, response) => {
    const [, operation = 'unknown'] = String(request.headers['x-amz-target']).split('.');
    requests[operation] = (requests[operation] ?? 0) + 1;
    const scheduled = faults.shift() ?? lasting;
    // Before the body is read: a caller may leave during that.
    const closed = new Promise<void>((resolve) => response.on('close', resolve));
    try {
      const body = await buffer(request);
      const received = { operation, text: body.toString() };
      const fault = scheduled ?? meet(received);
      closed.then(() => {
        if (fault.kind === 'none' && !response.writableFinished) onGivenUp(received);
      });
      await answer(fault, response, async () => {
        if (operation === 'TransactWriteItems') {
          send(
            response,
            await transactions.write(received.text, (name, input) => call(request, name, input)),
          );
          return;
        }
        await transactions.pass(closed);
        database.emit('request', wholeRequest(request, body), response);
      });
    } catch {
      // The caller left in the middle of its request.
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

/** dynalite ends the process if it cannot open its directory. */
async function checkDirectory(directory: string): Promise<void> {
  const level = new Level(directory);
  try {
    await level.open();
    await level.close();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const reason =
      cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED'
        ? 'another process has it open. Stop that, or give another directory'
        : ((cause instanceof Error ? cause.message : undefined) ?? error);
    throw new DirectoryError(`The tables in ${directory} cannot be opened: ${reason}.`, { cause: error });
  }
}

type Head = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** A request as dynalite reads it, but without a connection that dynalite could close. */
function wholeRequest({ method, url, headers }: Head, body: Buffer): Readable & Head {
  return Object.assign(Readable.from([body]), { method, url, headers });
}

async function answer(fault: Fault, response: ServerResponse, apply: () => Promise<void>): Promise<void> {
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
  await apply();
}
