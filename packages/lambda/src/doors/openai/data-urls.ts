import type { DocumentBlock, ImageBlock } from '../../call/call.ts';

interface DataUrl {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Data in the request itself. An address in a request is never fetched. */
function dataUrl(url: string): DataUrl | undefined {
  const [head, mediaType = ''] = /^data:([\w.+/-]*)(?:;[\w.=+-]+)*;base64,/i.exec(url) ?? [];
  if (head === undefined) return undefined;
  const data = url.slice(head.length);
  return /^[A-Za-z0-9+/]+={0,2}$/.test(data)
    ? { mediaType: mediaType.toLowerCase(), bytes: Buffer.from(data, 'base64') }
    : undefined;
}

const imageFormats: Readonly<Record<string, ImageBlock['format']>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

export const imageRule =
  'must be a data URL in base64 of a PNG, JPEG, GIF or WebP image, such as data:image/png;base64,...: nothing is fetched';

/** The image of a data URL; `undefined` if it has no known image type. */
export function imageOf(url: string): ImageBlock | undefined {
  const read = dataUrl(url);
  const format = read && imageFormats[read.mediaType];
  return format && { type: 'image', format, bytes: read.bytes };
}

const documentFormats: Readonly<Record<string, DocumentBlock['format']>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
};

export const documentRule =
  'must be a data URL in base64 of a PDF, CSV, Word, Excel, HTML, text or Markdown file, such as data:application/pdf;base64,...: nothing is fetched';

/** A document that has no name yet: the model reads the name, so it must not be its caller's. */
export type UnnamedDocument = Omit<DocumentBlock, 'name'>;

/** The document of a data URL; `undefined` if it has no known document type. */
export function documentOf(url: string): UnnamedDocument | undefined {
  const read = dataUrl(url);
  const format = read && documentFormats[read.mediaType];
  return format && { type: 'document', format, bytes: read.bytes };
}
