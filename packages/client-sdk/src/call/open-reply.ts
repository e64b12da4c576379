import { ConfigurationError } from '../errors/errors.ts';
import type { FetchResponse } from '../http/fetch.ts';
import { field, hasFields } from '../options/duck-typing.ts';
import { invalidResponse, type ReplyHead } from './reply.ts';
import type { Timers } from './timers.ts';

/** A response whose body has not been read. */
export interface OpenReply extends ReplyHead {
  readonly response: FetchResponse;
  readonly timers: Timers;
  /** Ends `work`, a reading of the body, with the call. Throws only errors of this package. */
  guard<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** How long a reply can be, in MB: a whole one and an event of a stream, of which 256 long vectors are the longest; and a stream. */
const longestMb = { whole: 10, stream: 50 } as const;

type Length = keyof typeof longestMb;

/** The body of a reply, piece by piece. Throws only errors of this package. */
export interface Pieces {
  /** The next bytes; `undefined` at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Ends the request, unless its response was read to the end. */
  close(): void;
}

/** `undefined` where the fetch does not give a body in pieces. */
export function piecesOf(reply: OpenReply, length: Length): Pieces | undefined {
  const { attempts, guard, response } = reply;
  const { body } = response;
  if (field(response, 'bodyUsed') === true || field(body, 'locked') === true) {
    throw notAResponse(attempts, ' whose body has not been read');
  }
  const reader = hasFields(body, { getReader: 'function' }) ? body?.getReader() : undefined;
  if (reader === undefined) {
    return undefined;
  }
  const close = (): void => void reader.cancel().catch(() => {});
  let bytes = 0;
  const next = async (): Promise<Uint8Array | undefined> => {
    const read = await guard(() => reader.read());
    if (read.done) {
      return undefined;
    }
    if (!ArrayBuffer.isView(read.value)) {
      throw notInPieces(attempts);
    }
    bytes += read.value.byteLength;
    checkLength(bytes, length, reply);
    return read.value;
  };
  return { next, close };
}

/** The whole body. */
export async function readText(reply: OpenReply): Promise<string> {
  const pieces = piecesOf(reply, 'whole');
  if (pieces === undefined) {
    return reply.guard(() => reply.response.text());
  }
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (let bytes = await pieces.next(); bytes !== undefined; bytes = await pieces.next()) {
      text += decoder.decode(bytes, { stream: true });
    }
  } finally {
    pieces.close();
  }
  return text + decoder.decode();
}

/** Throws `InvalidResponseError` where a reply is longer than any of the proxy's. */
export function checkLength(bytes: number, length: Length, reply: ReplyHead): void {
  const most = longestMb[length];
  if (bytes > most * 1e6) {
    throw invalidResponse(reply, [{ path: '', message: `expected at most ${most} MB` }]);
  }
}

/** The error for a custom fetch that does not return what a fetch does. */
export function notAResponse(attempts: number, missing = ''): ConfigurationError {
  return new ConfigurationError({
    field: 'fetch',
    message: `fetch must return a promise of a standard Response${missing}.`,
    attempts,
  });
}

/** The same, where its body cannot be read in pieces. */
export function notInPieces(attempts: number): ConfigurationError {
  return notAResponse(
    attempts,
    ' whose body is a ReadableStream of bytes. Without one, use ask in place of stream',
  );
}
