/** What the bytes of an image say of it. */
interface Picture {
  readonly format: 'png' | 'jpeg' | 'gif' | 'webp';
  /** In pixels; left out where the bytes end before they say it. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
}

/** Recognizes an image by its first bytes; `undefined` where it is none that models take. */
export function pictureOf(bytes: Uint8Array): Picture | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts = (text: string, at = 0) =>
    Buffer.from(bytes.subarray(at, at + text.length)).toString('latin1') === text;
  if (starts('\x89PNG\r\n\x1a\n')) return { format: 'png', size: sizeIn(() => pngSize(view)) };
  if (starts('\xff\xd8\xff')) return { format: 'jpeg', size: sizeIn(() => jpegSize(view)) };
  if (starts('GIF87a') || starts('GIF89a')) return { format: 'gif', size: sizeIn(() => gifSize(view)) };
  if (starts('RIFF') && starts('WEBP', 8)) return { format: 'webp', size: sizeIn(() => webpSize(view)) };
  return undefined;
}

type Size = NonNullable<Picture['size']>;

/** A view throws where it is read beyond its end. */
function sizeIn(read: () => Size | undefined): Size | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** @see https://www.w3.org/TR/png-3/#11IHDR */
function pngSize(view: DataView): Size {
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** @see https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function gifSize(view: DataView): Size {
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/**
 * The first start of a frame among the segments; each says its own length.
 *
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf
 */
function jpegSize(view: DataView): Size | undefined {
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    const startsFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (startsFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
  }
  return undefined;
}

/** @see https://developers.google.com/speed/webp/docs/riff_container */
function webpSize(view: DataView): Size | undefined {
  switch (view.getUint32(12)) {
    // `VP8X`, whose sizes are 24 bits and less by 1.
    case 0x56503858:
      return {
        width: (view.getUint32(24, true) & 0xffffff) + 1,
        height: (view.getUint32(26, true) >>> 8) + 1,
      };
    // `VP8L`, whose sizes are 14 bits and less by 1.
    case 0x5650384c: {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    // `VP8 `, whose sizes are 14 bits.
    case 0x56503820:
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    default:
      return undefined;
  }
}
