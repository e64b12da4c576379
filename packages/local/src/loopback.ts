import type { Server } from 'node:http';

/**
 * Listens on loopback; resolves to the URL, without a trailing slash.
 *
 * @param port Default: a free port.
 */
export async function listenOnLoopback(server: Server, port = 0): Promise<string> {
  // No idle timeout: closing a connection just as its next request arrives would be an unplanned fault.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}

/** Stops listening, and breaks open connections. */
export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
