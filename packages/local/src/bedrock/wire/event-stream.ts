import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import type { StreamExceptionName } from '../exception.ts';

/**
 * Frames of `application/vnd.amazon.eventstream`. They lack the field `p`, with which Bedrock pads events so that their
 * length gives nothing away.
 *
 * @see https://smithy.io/2.0/aws/amazon-eventstream.html
 */
const codec = new EventStreamCodec(toUtf8, fromUtf8);

function frame(messageType: 'event' | 'exception', type: string, payload: object): Uint8Array {
  const header = (value: string) => ({ type: 'string' as const, value });
  return codec.encode({
    headers: {
      [`:${messageType}-type`]: header(type),
      ':content-type': header('application/json'),
      ':message-type': header(messageType),
    },
    body: fromUtf8(JSON.stringify(payload)),
  });
}

export function eventFrame(type: string, payload: object): Uint8Array {
  return frame('event', type, payload);
}

/** In a stream, an exception has the union member's name, which begins in lower case. */
export function exceptionFrame(name: StreamExceptionName, message: string): Uint8Array {
  return frame('exception', name.charAt(0).toLowerCase() + name.slice(1), { message });
}

/** A frame with a wrong checksum. */
export function garbageFrame(): Uint8Array {
  const bytes = eventFrame('garbage', {});
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 0xff;
  return bytes;
}
