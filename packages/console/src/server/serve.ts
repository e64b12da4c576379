import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type ConsoleOptions, createConsole } from './console.ts';

/** Another program uses the port. */
export class ConsolePortInUseError extends Error {
  override readonly name = 'ConsolePortInUseError';

  constructor(port: number) {
    super(`Port ${port} is in use by another program.`);
  }
}

/** A console that is served. */
export interface ServedConsole {
  /** The link that opens it, once. */
  readonly link: string;
  /** Ends it with its connections. */
  close(): Promise<void>;
}

export interface ServeOptions extends ConsoleOptions {
  /** 0 for any free port. */
  readonly port: number;
}

/**
 * Serves a console on 127.0.0.1.
 *
 * @throws {ConsolePortInUseError}
 */
export async function serveConsole({ port: wanted, ...options }: ServeOptions): Promise<ServedConsole> {
  const { fetch, linkAt } = createConsole(options);
  const server = createServer(
    getRequestListener((request, { incoming }) => fetch(request, { port: incoming.socket.localPort ?? 0 })),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', (error) => {
      reject('code' in error && error.code === 'EADDRINUSE' ? new ConsolePortInUseError(wanted) : error);
    });
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : wanted);
    });
  });
  return {
    link: linkAt(`http://127.0.0.1:${port}`),
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}
