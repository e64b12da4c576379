import { header } from './header-list.ts';
import type { GatewayRequest } from './request.ts';

/**
 * The origin that a request is addressed to, such as `http://localhost:8787`; undefined if its host is not a name of
 * loopback, for example a web page's name that resolves to this machine.
 */
export function loopbackOrigin({ headers }: GatewayRequest): string | undefined {
  const host = header(headers, 'host') ?? '';
  return /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host) ? `http://${host}` : undefined;
}
