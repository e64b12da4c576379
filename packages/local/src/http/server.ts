import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { finished, type Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Pipeline } from './pipeline.ts';
import { declaresTooLargeBody, gatewayRequest, maximumBodyBytes, readBody } from './request.ts';
import type { HttpResponse, WholeResponse } from './response.ts';

/** Another program uses the gateway's port. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly port: number;

  constructor(port: number) {
    super(`Port ${port} is in use`);
    this.port = port;
  }
}

/** How long API Gateway keeps an idle connection open. */
const keepAliveMs = 310_000;

/** The one answer that an API cannot customize, because it comes from a layer in front of the API. */
const bodyTooLarge: WholeResponse = {
  status: 413,
  headers: [
    ['content-type', 'text/plain'],
    ['connection', 'close'],
  ],
  body: `HTTP content length exceeded ${maximumBodyBytes} bytes.`,
};

/** The answer to an internal fault of the gateway. */
const gatewayFault: WholeResponse = {
  status: 500,
  headers: [
    ['content-type', 'application/json'],
    ['x-amzn-errortype', 'InternalFailureException'],
  ],
  body: '{"message": null}',
};

export interface ServerOptions {
  /** 0 for any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly pipeline: Pipeline;
  /** Called for internal faults of the gateway. */
  readonly onFault: (error: unknown) => void;
}

/** Listens on 127.0.0.1. */
export async function listen(options: ServerOptions): Promise<{ port: number; server: Server }> {
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    try {
      const body = await readBody(incoming);
      const response =
        body === 'too-large'
          ? bodyTooLarge
          : await options.pipeline(gatewayRequest(incoming, body, options.clock.now()));
      send(outgoing, response);
    } catch (error) {
      // A caller that hangs up while sending is not a fault.
      if (!incoming.complete) {
        outgoing.destroy();
        return;
      }
      options.onFault(error);
      send(outgoing, gatewayFault);
    }
  };
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (incoming, outgoing) => {
    void answer(incoming, outgoing);
  });
  server.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (declaresTooLargeBody(incoming)) {
      send(outgoing, bodyTooLarge);
      return;
    }
    outgoing.writeContinue();
    void answer(incoming, outgoing);
  });
  return { server, port: await bind(server, options.port) };
}

/**
 * Finds out early whether {@link listen} can have a port, before work that would be in vain.
 *
 * @throws {PortInUseError}
 */
export async function refuseTakenPort(port: number): Promise<void> {
  const server = createServer();
  await bind(server, port);
  await new Promise((resolve) => server.close(resolve));
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject('code' in error && error.code === 'EADDRINUSE' ? new PortInUseError(port) : error);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function send(outgoing: ServerResponse, { status, headers, body }: HttpResponse): void {
  if (outgoing.headersSent || outgoing.destroyed) {
    if (typeof body !== 'string') {
      body.destroy();
    }
    return;
  }
  outgoing.statusCode = status;
  for (const [name, value] of headers) {
    outgoing.appendHeader(name, value);
  }
  if (typeof body === 'string') {
    outgoing.end(body);
  } else {
    stream(outgoing, body);
  }
}

/** Sends a body as it arrives. If it ends in an error, the connection is cut after the bytes before the error. */
function stream(outgoing: ServerResponse, body: Readable): void {
  outgoing.flushHeaders();
  outgoing.once('close', () => body.destroy());
  finished(body, (error) => {
    if (error) {
      outgoing.socket?.destroySoon();
    } else {
      outgoing.end();
    }
  });
  body.pipe(outgoing, { end: false });
}
