import type { DocumentBlock, ImageBlock } from '@org/contract';
import { checkOption, invalidOption } from './check-option.ts';
import { hasFields } from './duck-typing.ts';

/** The format of a picture, by its media type. */
export const imageFormats: Readonly<Record<string, ImageBlock['format']>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

const openXml = 'application/vnd.openxmlformats-officedocument';

/**
 * The format of a document, by its media type.
 *
 * @see https://www.iana.org/assignments/media-types/media-types.xhtml
 */
export const documentFormats: Readonly<Record<string, DocumentBlock['format']>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  [`${openXml}.wordprocessingml.document`]: 'docx',
  'application/vnd.ms-excel': 'xls',
  [`${openXml}.spreadsheetml.sheet`]: 'xlsx',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
};

/** The base64 of a Blob. */
export type FileReader = (path: string, blob: Blob) => string;

/** A value that may have Blobs, which can only be read asynchronously: itself, or a function that reads them first. */
export type Loadable<Value> =
  | { readonly value: Value; readonly load?: undefined }
  | { readonly load: () => Promise<Value> };

/** The body of a request, as JSON. */
export type Body = Loadable<string>;

/** What `write` makes of a value. What is wrong with it is thrown at once, before a Blob is read. */
export function withFiles<Value>(write: (read: FileReader) => Value): Loadable<Value> {
  const found = new Map<Blob, string>();
  const value = write((path, blob) => {
    found.set(blob, path);
    return '';
  });
  if (found.size === 0) {
    return { value };
  }
  const load = async (): Promise<Value> => {
    const entries = await Promise.all(
      [...found].map(async ([blob, path]) => [blob, await readBlob(path, blob)] as const),
    );
    const texts = new Map(entries);
    return write((_, blob) => texts.get(blob) ?? '');
  };
  return { load };
}

/** The value, without a wait where none is needed. */
export function loaded<Value>(loadable: Loadable<Value>): Value | Promise<Value> {
  return loadable.load === undefined ? loadable.value : loadable.load();
}

async function readBlob(path: string, blob: Blob): Promise<string> {
  try {
    return base64(path, await blob.arrayBuffer());
  } catch (cause) {
    throw invalidOption(path, 'cannot be read', cause);
  }
}

/** Also for one of another realm or of a polyfill. */
export function isBlob(value: unknown): value is Blob {
  return hasFields(value, { size: 'number', arrayBuffer: 'function' });
}

/** Bytes in base64; a string is in base64 already. */
export function base64(path: string, data: string | ArrayBuffer | ArrayBufferView): string {
  if (typeof data === 'string') {
    return data;
  }
  const isView = ArrayBuffer.isView(data);
  checkOption(
    isView || hasFields(data, { byteLength: 'number', slice: 'function' }),
    path,
    'must be a string of base64, a Uint8Array, an ArrayBuffer or a Blob',
  );
  const bytes = isView ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
  return hasToBase64(bytes) ? bytes.toBase64() : encode(bytes);
}

function hasToBase64(bytes: Uint8Array): bytes is Uint8Array & { toBase64(): string } {
  return hasFields(bytes, { toBase64: 'function' });
}

/** A multiple of 3, so that no piece but the last is padded; few enough to be arguments of one call. */
const pieceBytes = 0x6000;

// Without Buffer, which browsers and edge runtimes lack. 4.5 MB take 45 ms.
function encode(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    text += btoa(Reflect.apply(String.fromCharCode, undefined, bytes.subarray(start, start + pieceBytes)));
  }
  return text;
}
