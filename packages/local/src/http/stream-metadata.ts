import type { Readable } from 'node:stream';
import * as z from 'zod/mini';
import { parseJson } from './parse-json.ts';
import { isValidHeader, type ResponseHead } from './response.ts';
import { resultHead, resultHeadFields } from './result-head.ts';

/** What comes between the metadata of a stream and its payload. */
export const metadataDelimiter = '\0'.repeat(8);

/** The delimiter must end within these. */
const maximumPreludeBytes = 16_384;

/**
 * How a function begins its stream. No other field is allowed.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
const StreamMetadata = z.strictObject({
  ...resultHeadFields,
  cookies: z.optional(z.nullable(z.array(z.string()))),
});

/** Reads the JSON in front of the delimiter, or `undefined` for one that is malformed. */
export function readMetadata(json: string): ResponseHead | undefined {
  const metadata = z.safeParse(StreamMetadata, parseJson(json));
  if (!metadata.success) {
    return undefined;
  }
  const head = resultHead(metadata.data);
  const cookies = (metadata.data.cookies ?? []).map((cookie) => ['set-cookie', cookie] as const);
  if (head === undefined || !cookies.every(([name, value]) => isValidHeader(name, value))) {
    return undefined;
  }
  return { ...head, headers: [...head.headers, ...cookies] };
}

/**
 * Reads a stream's metadata and leaves the payload to be read, or answers `undefined` where the stream does not begin
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
