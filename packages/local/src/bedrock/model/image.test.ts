import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageOf } from '../../testing/bedrock-client.ts';
import { pictureOf } from './image.ts';

const format = fc.constantFrom('png', 'jpeg', 'gif', 'webp');
const side = fc.integer({ min: 1, max: 16_000 });

test('the bytes of an image say what it is and how large', () => {
  fc.assert(
    fc.property(format, side, side, (name, width, height) => {
      expect(pictureOf(imageOf(name, width, height))).toEqual({ format: name, size: { width, height } });
    }),
  );
});

test.each([
  ['VP8 ', '\x2c\x01\x96\x00', 26],
  ['VP8L', '\x2b\x41\x25\x00', 21],
])('a WebP may say it in other words: %s', (kind, size, at) => {
  const bytes = Buffer.alloc(40);
  bytes.write(`RIFF\0\0\0\0WEBP${kind}`, 'latin1');
  bytes.write(size, at, 'latin1');
  expect(pictureOf(bytes)).toEqual({ format: 'webp', size: { width: 300, height: 150 } });
});

test('an image that ends too early says what it is, and other bytes say nothing', () => {
  fc.assert(
    fc.property(format, fc.integer({ min: 12, max: 15 }), fc.uint8Array(), (name, length, bytes) => {
      expect(pictureOf(imageOf(name).subarray(0, length))).toMatchObject({ format: name });
      expect(pictureOf(new Uint8Array([0, ...bytes]))).toBeUndefined();
    }),
  );
});
