import type { Api } from '../template/api.ts';
import { header } from './header-list.ts';
import type { GatewayRequest } from './request.ts';

/** Whether a request names the API's domain as its host. */
export function isByDomain({ domain }: Pick<Api, 'domain'>, { headers }: GatewayRequest): boolean {
  const [host] = (header(headers, 'host') ?? '').toLowerCase().split(':', 1);
  return domain !== undefined && host === domain.name;
}

/**
 * A request's path below the stage, or undefined for another stage's path. Below a domain, the stage is not part of the
 * path, and the base path is.
 */
export function stagePath(api: Pick<Api, 'domain' | 'stage'>, request: GatewayRequest): string | undefined {
  const { path } = request;
  const first = isByDomain(api, request) ? api.domain?.basePath : api.stage.name;
  if (first === undefined) return path;
  const prefix = `/${first}`;
  if (path === prefix) return '/';
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}
