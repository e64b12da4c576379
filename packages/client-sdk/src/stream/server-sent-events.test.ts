import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCharacter } from '../../test/any-character.ts';
import { createEventParser } from './server-sent-events.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** What is read from pieces, and what is left at their end. */
function read(...pieces: Uint8Array[]) {
  const parser = createEventParser();
  return { events: pieces.flatMap((piece) => parser.push(piece)), rest: parser.end() };
}

test.each<[string, string, string[]]>([
  ['one event', 'data: a\n\n', ['a']],
  ['two events', 'data: a\n\ndata: b\n\n', ['a', 'b']],
  ['no space after the colon', 'data:a\n\n', ['a']],
  ['a second space', 'data:  a\n\n', [' a']],
  ['several lines', 'data: a\ndata: b\n\n', ['a\nb']],
  ['no value', 'data\n\n', ['']],
  ['several empty values', 'data\ndata:\n\n', ['\n']],
  ['a colon in a value', 'data: a: b\n\n', ['a: b']],
  ['a byte order mark', '\uFEFFdata: a\n\n', ['a']],
  ['comments', ': data: x\n:\n\ndata: a\n: y\n\n', ['a']],
  ['other fields', 'event: e\nid: 1\nretry: 5\nDATA: x\n data: x\ndatabase: x\ndata: a\n\n', ['a']],
  ['empty lines', '\n\n\ndata: a\n\n\n\n', ['a']],
  ['an event without data', 'event: e\n\ndata: a\n\n', ['a']],
  ['carriage returns', 'data: a\rdata: b\r\rdata: c\r\r', ['a\nb', 'c']],
  ['both in a row', 'data: a\r\ndata: b\r\n\r\n', ['a\nb']],
  ['line separators of other kinds in a value', 'data: a\u2028\u0085b\n\n', ['a\u2028\u0085b']],
])('%s', (_, text, events) => {
  expect(read(bytes(text))).toEqual({ events, rest: undefined });
});

test('an event is complete as soon as its empty line begins', () => {
  const parser = createEventParser();
  expect(parser.push(bytes('data: a\r\n'))).toEqual([]);
  expect(parser.push(bytes('\r'))).toEqual(['a']);
  expect(parser.push(bytes('\ndata: b\n\n'))).toEqual(['b']);
});

test.each([
  ['data: a', 'a'],
  ['data: a\n', 'a'],
  ['data: a\ndata: b', 'a\nb'],
  ['data: a\n\n: x', undefined],
  ['', undefined],
])('what is not complete is returned at the end: %j', (text, rest) => {
  expect(read(bytes(text)).rest).toBe(rest);
});

// As the bytes are read: without halves of characters.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const value = fc.string({ unit: anyCharacter }).map((text) => text.replace(/[\r\n]/g, ' '));
const values = fc.array(fc.array(value, { minLength: 1, maxLength: 3 }), { maxLength: 5 });
const lineBreak = fc.constantFrom('\n', '\r', '\r\n');
const noise = fc.array(fc.constantFrom(': comment', 'event: e', ':', 'id: 1', 'other'), { maxLength: 3 });

test('events are read however they are written and wherever they are cut', () => {
  fc.assert(
    fc.property(
      values,
      noise,
      lineBreak,
      fc.boolean(),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (written, lines, end, mark, sizes) => {
        const text = written
          .map((event) => [...lines, ...event.map((line) => `data: ${line}`), '', ''].join(end))
          .join('');
        const all = bytes((mark ? '\uFEFF' : '') + text);
        const pieces: Uint8Array[] = [];
        for (let at = 0; at < all.length; ) {
          const { value: size } = sizes.next();
          pieces.push(all.subarray(at, at + size));
          at += size;
        }
        const events = written.map((event) => decoder.decode(bytes(event.join('\n'))));
        expect(read(...pieces)).toEqual({ events, rest: undefined });
      },
    ),
    { numRuns: 1000 },
  );
});

test('any bytes are read without an error, and the same however they are cut', () => {
  const anything = fc.array(
    fc.oneof(fc.constantFrom(...bytes('data: \r\n\r\n:')), fc.integer({ min: 0, max: 255 })),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(anything, fc.nat(60), (given, cut) => {
      const all = Uint8Array.from(given);
      expect(read(all.subarray(0, cut), all.subarray(cut))).toEqual(read(all));
    }),
    { numRuns: 2000 },
  );
});

test('a line of many pieces takes time in proportion to its length', () => {
  const parser = createEventParser();
  const piece = bytes('x'.repeat(1000));
  parser.push(bytes('data: '));
  for (let count = 0; count < 10_000; count += 1) parser.push(piece);
  expect(parser.push(bytes('\n\n'))[0]).toHaveLength(10_000_000);
});
