import type {
  Block,
  CachePointBlock,
  DocumentBlock,
  ImageBlock,
  JsonBlock,
  Message,
  ReasoningBlock,
  RedactedReasoningBlock,
  TextBlock,
  ToolResultBlock,
  ToolUseBlock,
} from '@org/contract';
import { checkList, checkOption, checkType } from './check-option.ts';
import { base64, documentFormats, type FileReader, imageFormats, isBlob } from './files.ts';

/** A file of a block, with its format where the file itself does not say it. */
export type FileInput<Format extends string> =
  | {
      /** Format of the file. */
      readonly format: Format;
      /** The file itself: its bytes, or a string of them in base64. An address is not taken. */
      readonly data: string | Uint8Array | ArrayBuffer | Blob;
    }
  | {
      /** Default: what the media type of the `Blob` says. */
      readonly format?: Format | undefined;
      /** The file itself, with a media type, as a browser gives it. It is read when the request is sent. */
      readonly data: Blob;
    };

/** A picture to send: at most 3.75 MB. */
export type ImageInput = Pick<ImageBlock, 'type'> & FileInput<ImageBlock['format']>;

/** A file to read to send: at most 4.5 MB. A message with a document needs a text beside it. */
export type DocumentInput = Omit<DocumentBlock, 'format' | 'data'> & FileInput<DocumentBlock['format']>;

/** What a tool returned, to send. */
export interface ToolResultInput extends Omit<ToolResultBlock, 'content'> {
  /** A string, or blocks. Empty if the tool returned nothing. */
  content: string | readonly ToolResultPart[];
}

/** A piece of what a tool returned. */
export type ToolResultPart = TextBlock | JsonBlock | ImageInput | DocumentInput;

/** A piece of a question. */
export type UserBlock = TextBlock | ImageInput | DocumentInput | ToolResultInput | CachePointBlock;

/** A piece of a message to send. */
export type BlockInput = UserBlock | ToolUseBlock | ReasoningBlock | RedactedReasoningBlock;

/** The last user turn: a string, which reaches the model exactly as written, or blocks. */
export type Question = string | readonly UserBlock[];

/** One turn of a conversation, to send. A `Message` is one too. */
export interface MessageInput {
  /** Who said it: `assistant` is the model. */
  readonly role: 'user' | 'assistant';
  /** A string, or blocks. An answer's `content` is that of an assistant turn. */
  readonly content: string | readonly BlockInput[];
}

/** The turns as they are sent. Throws `ConfigurationError` if one cannot be sent as it is meant. */
export function sentMessages(path: string, messages: readonly MessageInput[], read: FileReader): Message[] {
  return checkList(path, messages, (place, message): Message => {
    checkType(place, message, 'object');
    const { role, content } = message;
    checkType(`${place}.role`, role, 'string');
    return { role, content: sentContent(`${place}.content`, content, read) };
  });
}

/** A piece of a question, as it is sent. */
export type SentUserBlock = Extract<Block, Pick<UserBlock, 'type'>>;

/** What a turn says as it is sent: a string, or blocks without files that have to be read. */
export function sentContent(path: string, content: Question, read: FileReader): string | SentUserBlock[];
export function sentContent(
  path: string,
  content: string | readonly BlockInput[],
  read: FileReader,
): string | Block[];
export function sentContent(
  path: string,
  content: string | readonly BlockInput[],
  read: FileReader,
): string | Block[] {
  if (typeof content === 'string') {
    return content;
  }
  checkOption(Array.isArray(content), path, 'must be a string or an array of blocks');
  return checkList(path, content, (place, block): Block => {
    checkBlock(place, block);
    switch (block.type) {
      case 'image':
      case 'document':
        return sentFile(place, block, read);
      case 'tool_result':
        return { ...block, content: sentResult(`${place}.content`, block.content, read) };
      default:
        return block;
    }
  });
}

/** What a tool returned as it is sent. */
export function sentResult(
  path: string,
  content: ToolResultInput['content'],
  read: FileReader,
): ToolResultBlock['content'] {
  if (typeof content === 'string') {
    return content;
  }
  checkOption(Array.isArray(content), path, 'must be a string or an array of blocks');
  return checkList(path, content, (place, part) => {
    checkBlock(place, part);
    return part.type === 'image' || part.type === 'document' ? sentFile(place, part, read) : part;
  });
}

function sentFile(
  path: string,
  block: ImageInput | DocumentInput,
  read: FileReader,
): ImageBlock | DocumentBlock {
  return block.type === 'image'
    ? { ...block, ...fileFields<ImageBlock['format']>(path, block, imageFormats, read) }
    : { ...block, ...fileFields<DocumentBlock['format']>(path, block, documentFormats, read) };
}

function fileFields<Format extends string>(
  path: string,
  { format, data }: FileInput<Format>,
  formats: Readonly<Record<string, Format>>,
  read: FileReader,
): { format: Format; data: string } {
  const [mediaType = ''] = isBlob(data) ? data.type.split(';') : [];
  const known = format ?? (Object.hasOwn(formats, mediaType) ? formats[mediaType] : undefined);
  const choices = Object.values(formats).join(', ');
  checkOption(
    known !== undefined,
    `${path}.format`,
    `is not set, and data does not show it. Set one of ${choices}`,
  );
  return { format: known, data: isBlob(data) ? read(`${path}.data`, data) : base64(`${path}.data`, data) };
}

function checkBlock(path: string, block: { readonly type: string }): void {
  checkType(path, block, 'object');
  checkType(`${path}.type`, block.type, 'string');
}
