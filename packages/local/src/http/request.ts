import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Caller } from '../template/resource-policy.ts';
import { type HeaderList, header } from './header-list.ts';

/** Names of the headers that say where a request comes from. */
export const placeHeaders = {
  sourceIp: 'x-local-source-ip',
  vpcEndpoint: 'x-local-vpc-endpoint',
} as const;

/** A request as it reached the gateway, completely read. */
export interface GatewayRequest {
  /** A UUID. */
  readonly id: string;
  /** The `x-amz-apigw-id` header of the answer. */
  readonly extendedId: string;
  /** Milliseconds since the Unix epoch, on the gateway's clock. */
  readonly receivedAt: number;
  readonly method: string;
  /** With the stage, as sent: not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: HeaderList;
  readonly body: string;
  readonly sourceIp: string;
  /** Where the request says that it comes from. Undefined: from this machine, which stands for any place that may call. */
  readonly place: Caller | undefined;
  readonly httpVersion: string;
}

/** API Gateway's limit, which cannot be raised. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
export const maximumBodyBytes = 10_485_760;

/** A caller that keeps sending a refused body past this limit gets its answer over a closing connection. */
const maximumDiscardedBytes = 10 * maximumBodyBytes;

/** Whether the headers alone say that the body is over the limit. */
export function declaresTooLargeBody(incoming: IncomingMessage): boolean {
  return Number(incoming.headers['content-length'] ?? 0) > maximumBodyBytes;
}

/**
 * Reads a body, or answers `too-large`. The part over the limit is read and discarded, because closing a connection
 * with unread bytes resets it, and the caller would never see the answer.
 */
export function readBody(incoming: IncomingMessage): Promise<Buffer | 'too-large'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes <= maximumBodyBytes) {
        chunks.push(chunk);
      } else {
        chunks.length = 0;
      }
      if (bytes > maximumDiscardedBytes) {
        incoming.pause();
        resolve('too-large');
      }
    });
    incoming.on('end', () => resolve(bytes > maximumBodyBytes ? 'too-large' : Buffer.concat(chunks)));
    incoming.on('error', reject);
    // Has no effect after the end.
    incoming.on('close', () => reject(new Error('The caller hung up while sending.')));
  });
}

export function gatewayRequest(incoming: IncomingMessage, body: Buffer, receivedAt: number): GatewayRequest {
  const [path = '/', query = ''] = splitOnce(incoming.url ?? '/', '?');
  const headers = pairs(incoming.rawHeaders);
  const place = placeOf(headers);
  return {
    id: randomUUID(),
    extendedId: `${randomBytes(11).toString('base64url')}=`,
    receivedAt,
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    body: body.toString('utf8'),
    sourceIp: place?.sourceIp ?? incoming.socket.remoteAddress ?? '127.0.0.1',
    place,
    httpVersion: incoming.httpVersion,
  };
}

/**
 * The place that a caller on this machine stands for, by headers that only this gateway reads: an address, and the VPC
 * endpoint that the request came through.
 */
function placeOf(headers: HeaderList): Caller | undefined {
  const sourceIp = header(headers, placeHeaders.sourceIp);
  const vpcEndpoint = header(headers, placeHeaders.vpcEndpoint);
  return sourceIp === undefined && vpcEndpoint === undefined
    ? undefined
    : { sourceIp: sourceIp ?? '127.0.0.1', vpcEndpoint };
}

function splitOnce(text: string, separator: string): string[] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function pairs(rawHeaders: readonly string[]): HeaderList {
  const list: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    list.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return list;
}
