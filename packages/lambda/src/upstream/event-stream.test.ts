import { crc32 } from 'node:zlib';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { anyJson, runs } from '../testing/fuzz.ts';
import { type BedrockEvent, EventStreamReader, MalformedStream } from './event-stream.ts';

const codec = new EventStreamCodec(toUtf8, fromUtf8);

type Headers = Parameters<typeof codec.encode>[0]['headers'];

const string = (value: string) => ({ type: 'string' as const, value });

function message(type: string, body: Json, more: Headers = {}): Uint8Array {
  const headers = { ...more, ':message-type': string('event'), ':event-type': string(type) };
  return codec.encode({ headers, body: fromUtf8(JSON.stringify(body)) });
}

function* inPieces(bytes: Uint8Array, cuts: readonly number[]) {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])];
  places.sort((a, b) => a - b);
  for (const [index, place] of places.entries()) yield bytes.subarray(place, places[index + 1]);
}

function* read(bytes: Uint8Array, cuts: readonly number[] = []): Generator<BedrockEvent, void> {
  const reader = new EventStreamReader(crc32);
  for (const piece of inPieces(bytes, cuts)) yield* reader.read(piece);
  reader.end();
}

const cuts = fc.array(fc.nat(), { maxLength: 8 });

/** Headers of every type in the encoding. Bedrock may add them one day. */
const others: Headers = {
  yes: { type: 'boolean', value: true },
  byte: { type: 'byte', value: 1 },
  short: { type: 'short', value: 2 },
  integer: { type: 'integer', value: 3 },
  binary: { type: 'binary', value: new Uint8Array([1, 2, 3]) },
  at: { type: 'timestamp', value: new Date(0) },
  id: { type: 'uuid', value: '00000000-0000-4000-8000-000000000000' },
};

test('the output of an independent encoder is read, in pieces of any size', () => {
  const events = fc.array(fc.record({ type: fc.string({ maxLength: 20 }), body: anyJson }), { maxLength: 5 });
  fc.assert(
    fc.property(events, cuts, fc.boolean(), (sent, places, withOthers) => {
      const written = sent.map(({ type, body }) => message(type, body, withOthers ? others : {}));
      const expected = sent.map(({ type, body }) => ({ type, body: JSON.parse(JSON.stringify(body)) }));
      expect([...read(Buffer.concat(written), places)]).toEqual(expected);
    }),
    runs(200),
  );
});

test('a changed or missing byte is detected', () => {
  const whole = message('contentBlockDelta', { delta: { text: 'Bleak.' } });
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), cuts, (at, flip, places) => {
      const changed = whole.map((byte, index) => (index === at ? byte ^ flip : byte));
      expect(() => [...read(changed, places)]).toThrow(MalformedStream);
      expect(() => [...read(whole.subarray(0, at === 0 ? 1 : at), places)]).toThrow(MalformedStream);
    }),
    runs(200),
  );
});

test.each([
  ['exception', ':exception-type', 'throttlingException', 'ThrottlingException'],
  ['error', ':error-code', 'InternalServerException', 'InternalServerException'],
])(
  'a message that is an %s is thrown by its name, after the events before it',
  (kind, header, type, name) => {
    const headers = { ':message-type': string(kind), [header]: string(type) };
    const failed = codec.encode({ headers, body: fromUtf8('{"message":"Slow down."}') });
    const events: BedrockEvent[] = [];
    const reading = () => {
      for (const event of read(Buffer.concat([message('a', 1), failed]))) events.push(event);
    };
    expect(reading).toThrow(expect.objectContaining({ name }));
    expect(events).toEqual([{ type: 'a', body: 1 }]);
  },
);
