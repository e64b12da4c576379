import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Readable } from 'node:stream';
import { parseJson } from '@org/contract';
import * as z from 'zod/mini';
import type { ResponseHead } from './response.ts';

/** The delimiter between a stream's metadata and its payload. */
export const metadataDelimiter = '\0'.repeat(8);

/** The delimiter must end within this many bytes. */
const maximumPreludeBytes = 16_384;

const HeaderValue = z.union([z.string(), z.boolean()]);

/**
 * The metadata at the start of a function's stream. All fields are optional, and no others are allowed.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
const StreamMetadata = z.strictObject({
  statusCode: z.optional(z.union([z.int(), z.string().check(z.regex(/^\d{3}$/))])),
  headers: z.optional(z.nullable(z.record(z.string(), HeaderValue))),
  multiValueHeaders: z.optional(z.nullable(z.record(z.string(), z.array(HeaderValue)))),
  cookies: z.optional(z.nullable(z.array(z.string()))),
});

/**
 * Headers that API Gateway renames to `x-amzn-Remapped-...`, as observed for Lambda proxies.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const remappedHeaders = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'trailer',
  'upgrade',
  'user-agent',
  'www-authenticate',
]);

/** Reads the JSON before the delimiter, or `undefined` if it is malformed or cannot be sent over HTTP. */
function readMetadata(json: string): ResponseHead | undefined {
  const { data } = z.safeParse(StreamMetadata, parseJson(json));
  if (data === undefined) return undefined;
  const status = Number(data.statusCode ?? 200);
  const cookies = (data.cookies ?? []).map((cookie): [string, string] => ['set-cookie', cookie]);
  const headers = [...mergeHeaders(data.headers ?? {}, data.multiValueHeaders ?? {}), ...cookies];
  const valid =
    status >= 200 && status <= 599 && headers.every(([name, value]) => isValidHeader(name, value));
  return valid ? { status, headers } : undefined;
}

/** If both forms have a header, only its multi-value form counts. */
function mergeHeaders(
  headers: Record<string, string | boolean>,
  multiValueHeaders: Record<string, readonly (string | boolean)[]>,
): [string, string][] {
  const merged = new Map<string, [string, string][]>([
    ['content-type', [['content-type', 'application/json']]],
  ]);
  for (const [name, value] of Object.entries(headers)) {
    merged.set(name.toLowerCase(), [[outgoingName(name), String(value)]]);
  }
  for (const [name, values] of Object.entries(multiValueHeaders)) {
    merged.set(
      name.toLowerCase(),
      values.map((value) => [outgoingName(name), String(value)]),
    );
  }
  merged.delete('transfer-encoding');
  return [...merged.values()].flat();
}

function outgoingName(name: string): string {
  return remappedHeaders.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name;
}

/** Whether HTTP can carry the header. */
function isValidHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads a stream's metadata and leaves the payload unread, or answers `undefined` if the stream does not begin
 * with metadata.
 */
export async function takeMetadata(stream: Readable): Promise<ResponseHead | undefined> {
  let begin = Buffer.alloc(0);
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    begin = Buffer.concat([begin, chunk]);
    const end = begin.subarray(0, maximumPreludeBytes).indexOf(metadataDelimiter);
    if (end >= 0) {
      const payload = begin.subarray(end + metadataDelimiter.length);
      if (payload.byteLength > 0) {
        stream.unshift(payload);
      }
      return readMetadata(begin.toString('utf8', 0, end));
    }
    if (begin.byteLength >= maximumPreludeBytes) {
      return undefined;
    }
  }
  return undefined;
}
