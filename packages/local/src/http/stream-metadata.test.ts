import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { anyCharacter } from '@org/lambda/testing/fuzz';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metadataDelimiter, takeMetadata } from './stream-metadata.ts';

/** Bytes in pieces that begin at the given places. */
function inPieces(bytes: Buffer, places: readonly number[]): Readable {
  const cuts = [0, ...places.toSorted((a, b) => a - b), bytes.byteLength];
  const pieces = cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
  return Readable.from(
    pieces.filter(({ byteLength }) => byteLength > 0),
    { objectMode: false },
  );
}

test('metadata and payload are separated, whatever the chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: anyCharacter }),
      fc.uint8Array({ maxLength: 40 }),
      fc.array(fc.nat(80)),
      async (name, payload, places) => {
        const metadata = JSON.stringify({ statusCode: 201, headers: { 'x-name': encodeURIComponent(name) } });
        const bytes = Buffer.concat([Buffer.from(metadata + metadataDelimiter), payload]);
        const stream = inPieces(
          bytes,
          places.filter((place) => place < bytes.byteLength),
        );
        const head = await takeMetadata(stream);
        expect(head).toMatchObject({ status: 201 });
        expect(head?.headers).toContainEqual(['x-name', encodeURIComponent(name)]);
        expect(await buffer(stream)).toEqual(Buffer.from(payload));
      },
    ),
    { numRuns: 200 },
  );
});

test('a delimiter counts only if it ends within 16 KB', async () => {
  const metadata = (bytes: number): string => {
    const empty = JSON.stringify({ headers: { a: '' } });
    return JSON.stringify({ headers: { a: 'x'.repeat(bytes - empty.length) } });
  };
  const taken = (bytes: number) =>
    takeMetadata(inPieces(Buffer.from(`${metadata(bytes)}${metadataDelimiter}payload`), [10_000]));
  expect(await taken(16_384 - 8)).toMatchObject({ status: 200 });
  expect(await taken(16_384 - 7)).toBeUndefined();
});

test.each([
  '',
  '{}',
  '{}\0\0\0\0\0\0\0',
  'no JSON\0\0\0\0\0\0\0\0',
  '[]\0\0\0\0\0\0\0\0',
  '\0\0\0\0\0\0\0\0{}',
])('a stream that is %j has no metadata', async (text) => {
  expect(await takeMetadata(inPieces(Buffer.from(text), []))).toBeUndefined();
});

test('without a content type, the content is JSON', async () => {
  const head = await takeMetadata(inPieces(Buffer.from(`{}${metadataDelimiter}`), []));
  expect(head).toEqual({ status: 200, headers: [['content-type', 'application/json']] });
});
