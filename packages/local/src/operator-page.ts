import { Readable } from 'node:stream';
import { type Deployment, localEndpoints, openDeployment } from '@org/admin';
import { consolePath, createConsole } from '@org/console';
import { type ProxyConfig, stackNameOf } from '@org/infra/config';
import type { Clock } from './clock.ts';
import type { GatewayRequest } from './http/request.ts';
import type { HttpResponse } from './http/response.ts';

/** The operator's page of this gateway, on the gateway's own server. */
export interface OperatorPage {
  /** Answers a request for the page; undefined for one that is not. */
  readonly answer: (request: GatewayRequest, port: number) => Promise<HttpResponse> | undefined;
  /** The link that opens it, once. */
  readonly linkAt: (origin: string) => string;
  readonly close: () => void;
}

export interface OperatorPageOptions {
  readonly config: ProxyConfig;
  readonly stage: string;
  readonly clock: Clock;
  /** The gateway's, known once it listens. */
  readonly origin: () => string;
  readonly onFault: (fault: string) => void;
}

/** Undefined where the stage has its path. */
export function createOperatorPage(options: OperatorPageOptions): OperatorPage | undefined {
  const { config, stage, clock, origin, onFault } = options;
  if (`/${stage}` === consolePath) return undefined;
  let deployment: Deployment | undefined;
  const { fetch, linkAt } = createConsole({
    place: 'local',
    open: async () => {
      const endpoints = await localEndpoints(origin(), stackNameOf(config));
      deployment = await openDeployment(config, endpoints, () => clock.now());
      return deployment;
    },
    onFault,
  });
  return {
    answer: (request, port) => {
      const { path } = request;
      if (path !== consolePath && !path.startsWith(`${consolePath}/`)) return undefined;
      return respond(fetch(webRequest(request, port), { port }));
    },
    linkAt,
    close: () => deployment?.close(),
  };
}

function webRequest({ method, path, query, headers, body }: GatewayRequest, port: number): Request {
  return new Request(new URL(`${path}?${query}`, `http://127.0.0.1:${port}`), {
    method,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    ...(body === '' || method === 'GET' || method === 'HEAD' ? {} : { body }),
  });
}

async function respond(answered: Promise<Response>): Promise<HttpResponse> {
  const { status, headers, body } = await answered;
  const head = { status, headers: [...headers] };
  return body === null ? { ...head, body: '' } : { ...head, body: Readable.fromWeb(body) };
}
