import type { Json } from '../json.ts';

/** One event of a stream. */
export interface BedrockEvent {
  /** Such as `contentBlockDelta`. */
  readonly type: string;
  readonly body: Json;
}

/** Bedrock's report of a failure in the middle of a stream. */
export class StreamException extends Error {
  /** The exception's name, spelled as in an answer with a status: `ThrottlingException`. */
  override readonly name: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = type.charAt(0).toUpperCase() + type.slice(1);
  }
}

/** The bytes are not of this encoding. */
export class MalformedStream extends Error {
  override readonly name = 'MalformedStream';
}

/** Lengths of a message and of its headers, and a checksum of both. */
const preludeBytes = 12;
const checksumBytes = 4;

/** More than any event of a model. */
const longestMessage = 16 * 1024 * 1024;

/** CRC-32 of bytes, as `node:zlib` has it. */
type Crc32 = (bytes: Uint8Array) => number;

/** A message's own headers. */
type Headers = ReadonlyMap<string, string>;

/**
 * Reads messages of AWS's event stream encoding and checks every checksum. Throws {@link StreamException} for an
 * exception, and {@link MalformedStream} if the bytes are something else or end in the middle of a message.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
 */
export class EventStreamReader {
  readonly #crc32: Crc32;
  #rest: Buffer = Buffer.alloc(0);
  // Most messages of a stream have the headers of the one before.
  #lastHeaders = { bytes: '', read: new Map<string, string>() as Headers };

  constructor(crc32: Crc32) {
    this.#crc32 = crc32;
  }

  /** The events that this chunk completes. */
  *read(chunk: Uint8Array): Generator<BedrockEvent, void> {
    const bytes = this.#rest.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= preludeBytes) {
      const length = this.#lengthOf(bytes, at);
      if (bytes.length - at < length) break;
      yield this.#message(bytes, at, at + length);
      at += length;
    }
    this.#rest = bytes.subarray(at);
  }

  /** There are no more chunks. */
  end(): void {
    if (this.#rest.length > 0) throw new MalformedStream('it ends in the middle of a message');
  }

  /** Checked before waiting for the message: waiting for a wrong length would never end. */
  #lengthOf(bytes: Buffer, at: number): number {
    const prelude = bytes.subarray(at, at + preludeBytes - checksumBytes);
    const length = bytes.readUInt32BE(at);
    const right = this.#crc32(prelude) === bytes.readUInt32BE(at + preludeBytes - checksumBytes);
    if (!right || length > longestMessage) throw new MalformedStream('the prelude of a message is wrong');
    return length;
  }

  #message(bytes: Buffer, start: number, end: number): BedrockEvent {
    const payloadEnd = end - checksumBytes;
    const payloadStart = start + preludeBytes + bytes.readUInt32BE(start + 4);
    if (
      payloadStart > payloadEnd ||
      this.#crc32(bytes.subarray(start, payloadEnd)) !== bytes.readUInt32BE(payloadEnd)
    ) {
      throw new MalformedStream('the checksum of a message is wrong');
    }
    const headers = this.#headers(bytes, start + preludeBytes, payloadStart);
    const kind = headers.get(':message-type');
    const text = bytes.toString('utf8', payloadStart, payloadEnd);
    if (kind === 'event') return { type: headers.get(':event-type') ?? '', body: JSON.parse(text) };
    if (kind === 'exception') throw new StreamException(headers.get(':exception-type') ?? '', text);
    if (kind === 'error') throw new StreamException(headers.get(':error-code') ?? '', '');
    throw new MalformedStream('a message is neither an event nor an error');
  }

  #headers(bytes: Buffer, start: number, end: number): Headers {
    const key = bytes.toString('latin1', start, end);
    if (key !== this.#lastHeaders.bytes) {
      this.#lastHeaders = { bytes: key, read: readHeaders(bytes, start, end) };
    }
    return this.#lastHeaders.read;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes of a header's value by its type. Other types have their length in the first two bytes. */
const fixedLengths: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };

const stringType = 7;

/** The string headers. Bedrock sends no others. */
function readHeaders(bytes: Buffer, start: number, end: number): Headers {
  const headers = new Map<string, string>();
  let at = start;
  while (at < end) {
    const nameEnd = at + 1 + bytes.readUInt8(at);
    const name = bytes.toString('latin1', at + 1, nameEnd);
    const type = bytes.readUInt8(nameEnd);
    const fixed = fixedLengths[type];
    const valueStart = nameEnd + (fixed === undefined ? 3 : 1);
    const valueEnd = valueStart + (fixed ?? bytes.readUInt16BE(nameEnd + 1));
    if (type === stringType) headers.set(name, bytes.toString('utf8', valueStart, valueEnd));
    at = valueEnd;
  }
  return headers;
}
