import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { controlPlanePath } from '@org/admin/local-gateway';
import { closeServer, listenOnLoopback } from '@org/local';
import { onTestFinished } from 'vitest';
import * as z from 'zod/mini';
import type { System } from '../harness.ts';

/**
 * The fate of a command at one of its writes. `dies`: the write is done, but the command never hears of it and can
 * do nothing more. `refused`: AWS does not allow the write, and the command can still clean up.
 */
export interface Break {
  readonly kind: 'dies' | 'refused';
  /** Which write, counted from 1; or the first whose method and path match. */
  readonly write: number | RegExp;
}

/** A gateway at which commands break. Otherwise it acts like the gateway behind it. */
export interface BreakingGateway {
  /** For `--local`. */
  readonly origin: string;
  /** Restarts the count of writes, and breaks the next command there; undefined: nowhere. */
  breakAt(place: Break | undefined): void;
  /** Whether the command reached that write. */
  broke(): boolean;
}

const Found = z.looseObject({ endpoints: z.record(z.string(), z.string()) });

const tables = '/tables';

/** Stands before the control plane of a system, and before its tables. */
export async function startBreakingGateway({ gateway, dynamodb }: System): Promise<BreakingGateway> {
  const behind = new URL(gateway.url).origin;
  let place: Break | undefined;
  let writes = 0;
  let broken = false;

  const isPlace = ({ method, url }: IncomingMessage) =>
    typeof place?.write === 'number'
      ? writes === place.write
      : place?.write.test(`${method} ${url}`) === true;

  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const path = request.url ?? '';
    const answer = (status: number, content: string, headers: OutgoingHttpHeaders = {}) =>
      response.writeHead(status, headers).end(content);
    const fail = () =>
      answer(403, JSON.stringify({ __type: 'AccessDeniedException', message: 'Not allowed in this test.' }));

    if (isWrite(request)) writes += 1;
    const here = isWrite(request) && !broken && isPlace(request);
    broken ||= here;
    if (broken && (place?.kind === 'dies' ? !here : here)) {
      fail();
      return;
    }
    const forwarded = await fetch(
      path.startsWith(tables) ? `${dynamodb.url}${path.slice(tables.length)}` : `${behind}${path}`,
      {
        method: request.method ?? 'GET',
        headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
          ['host', 'connection', 'content-length'].includes(name) ? [] : [[name, String(value)]],
        ),
        ...(body.length > 0 && { body: new Uint8Array(body) }),
      },
    );
    const content = await forwarded.text();
    if (here) fail();
    else if (path === controlPlanePath) answer(200, pointedHere(content, `http://${request.headers.host}`));
    else {
      const exception = forwarded.headers.get('x-amzn-errortype');
      answer(forwarded.status, content, exception === null ? {} : { 'x-amzn-errortype': exception });
    }
  });
  const origin = await listenOnLoopback(server);
  onTestFinished(() => closeServer(server));
  return {
    origin,
    breakAt(next) {
      place = next;
      writes = 0;
      broken = false;
    },
    broke: () => broken,
  };
}

function isWrite({ method, url, headers }: IncomingMessage): boolean {
  const operation = String(headers['x-amz-target']);
  return url?.startsWith(`${controlPlanePath}/api_gateway`) === true
    ? method !== 'GET'
    : /\.(?:(?:Put|Update|Delete)Item|TransactWriteItems)$/.test(operation);
}

/** The endpoints that commands find, so that their calls pass through here. */
function pointedHere(content: string, origin: string): string {
  const found = Found.parse(JSON.parse(content));
  const endpoints = Object.entries(found.endpoints).map(([service, url]) => [
    service,
    service === 'dynamodb' ? `${origin}${tables}` : `${origin}${new URL(url).pathname}`,
  ]);
  return JSON.stringify({ ...found, endpoints: Object.fromEntries(endpoints) });
}
