/** A PNG: enough for its size. */
export function pngOf(
  width: number,
  height: number,
  more: Uint8Array = new Uint8Array(),
): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(24);
  header.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  return Buffer.concat([header, more]);
}

/** A PDF: enough for its number of pages. */
export function pdfOf(pages: number, more: Uint8Array = new Uint8Array()): Buffer<ArrayBuffer> {
  return Buffer.concat([Buffer.from(`%PDF-1.7${'\n<< /Type /Page >>'.repeat(pages)}`), more]);
}
