import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HeaderList } from './header-list.ts';

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
  return {
    id: randomUUID(),
    extendedId: `${randomBytes(11).toString('base64url')}=`,
    receivedAt,
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: pairs(incoming.rawHeaders),
    body: body.toString('utf8'),
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
    httpVersion: incoming.httpVersion,
  };
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
