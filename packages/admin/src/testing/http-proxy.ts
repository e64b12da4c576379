import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';

/** An HTTP proxy on loopback. */
export interface HttpProxy {
  /** For `HTTPS_PROXY`. */
  readonly url: string;
  /** The requested hosts, for example `sts.us-east-1.amazonaws.com:443`. */
  readonly asked: readonly string[];
}

/**
 * Starts a proxy that is closed after the test.
 *
 * @param target Port on loopback that it connects all clients to. Without one, it asks for a password that no client has.
 */
export async function startHttpProxy(target?: number): Promise<HttpProxy> {
  const asked: string[] = [];
  const server = createServer().on('connect', ({ url = '' }, near) => {
    asked.push(url);
    if (target === undefined) {
      near.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const far = connect(target, '127.0.0.1', () => near.write('HTTP/1.1 200 Connection Established\r\n\r\n'));
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    onTestFinished(() => void near.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port.');
  return { url: `http://127.0.0.1:${address.port}`, asked };
}
