import { header } from './header-list.ts';
import type { GatewayRequest } from './request.ts';

/**
 * The origin that a request is addressed to, such as `http://localhost:8787`; undefined where that is not a name of
 * loopback, as of a web page whose name leads here.
 */
export function loopbackOrigin({ headers }: GatewayRequest): string | undefined {
  const host = header(headers, 'host') ?? '';
  return /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host) ? `http://${host}` : undefined;
}
