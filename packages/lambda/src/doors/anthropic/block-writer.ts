import type { CacheTtl } from '@org/models';
import type {
  Block,
  CachePointBlock,
  ChatCall,
  DocumentBlock,
  ImageBlock,
  TextBlock,
  Tool,
} from '../../call/call.ts';
import type { ChosenModel } from '../../config.ts';
import { jsonObject } from '../../json.ts';
import type {
  AnyBlock,
  CacheControl,
  ConversationFields,
  DocumentFields,
  ImageFields,
  ResultPart,
  SearchResultFields,
  Texts,
} from './conversation-fields.ts';

/** Puts blocks into the words of the middle. Of one request: documents are numbered in it. */
export class BlockWriter {
  readonly #points;
  #documents = 0;

  constructor({ definition }: ChosenModel) {
    this.#points = definition.upstream === 'converse' ? definition.cache?.points : undefined;
  }

  system(content: Texts): (TextBlock | CachePointBlock)[] {
    if (typeof content === 'string') return textOf(content);
    return content.flatMap((block) => this.#cached(textOf(block.text), block.cache_control, 'system'));
  }

  tool({
    name,
    description,
    input_schema,
    cache_control: control,
  }: NonNullable<ConversationFields['tools']>[number]) {
    const tool: Tool = {
      type: 'tool',
      name,
      description: description && /\S/.test(description) ? description : undefined,
      inputSchema: jsonObject(input_schema),
    };
    return this.#cached([tool], control, 'tools');
  }

  message(content: string | readonly AnyBlock[]): Block[] {
    if (typeof content === 'string') return textOf(content);
    return content.flatMap((block) =>
      'cache_control' in block
        ? this.#cached(this.#block(block), block.cache_control, 'messages')
        : this.#block(block),
    );
  }

  /** The whole prompt, as far as the model keeps one. */
  cache({ ttl }: NonNullable<CacheControl>): Pick<ChatCall, 'cache'> {
    return this.#points ? { cache: this.#ttl(ttl) ?? '5m' } : {};
  }

  #ttl(ttl: CacheTtl | null | undefined): CacheTtl | undefined {
    return ttl && this.#points?.ttls.includes(ttl) ? ttl : undefined;
  }

  /** Blocks with a cache point after them, if the model supports one there. */
  #cached<Each>(
    blocks: readonly Each[],
    control: CacheControl,
    part: 'tools' | 'system' | 'messages',
  ): (Each | CachePointBlock)[] {
    if (!control || blocks.length === 0 || !this.#points?.parts.includes(part)) return [...blocks];
    return [...blocks, { type: 'cache_point', ttl: this.#ttl(control.ttl) }];
  }

  #block(block: AnyBlock): Block[] {
    switch (block.type) {
      case 'tool_use': {
        const { type, id, name, input } = block;
        return [{ type, id, name, input: jsonObject(input) }];
      }
      case 'tool_result': {
        const { type, tool_use_id: id, content, is_error } = block;
        const parts =
          typeof content === 'string' ? textOf(content) : (content ?? []).flatMap((part) => this.#part(part));
        return [{ type, id, content: parts, isError: is_error ?? undefined }];
      }
      case 'thinking':
        return [{ type: 'reasoning', text: block.thinking, signature: block.signature || undefined }];
      case 'redacted_thinking':
        return [{ type: 'redacted_reasoning', bytes: Buffer.from(block.data, 'base64') }];
      default:
        return this.#part(block);
    }
  }

  #part(block: ResultPart): (TextBlock | ImageBlock | DocumentBlock)[] {
    switch (block.type) {
      case 'text':
        return textOf(block.text);
      case 'image':
        return [imageOf(block)];
      case 'document':
        return this.#document(block);
      case 'search_result':
        return textOf(searchResultText(block));
    }
  }

  /** The model reads the name, so it is neutral. The caller's name for the document stands before it. */
  #document({ source, title, context }: DocumentFields): (TextBlock | DocumentBlock)[] {
    this.#documents += 1;
    const name = `document-${this.#documents}`;
    const about = [title, context].filter((each) => each && /\S/.test(each));
    const document: DocumentBlock =
      source.type === 'base64'
        ? { type: 'document', format: 'pdf', name, bytes: Buffer.from(source.data, 'base64') }
        : { type: 'document', format: 'txt', name, bytes: Buffer.from(plainText(source)) };
    // Converse wants a text beside every document.
    return [{ type: 'text', text: [`${name}:`, ...about].join('\n') }, document];
  }
}

function plainText(source: Exclude<DocumentFields['source'], { type: 'base64' }>): string {
  if (source.type === 'text') return source.data;
  return typeof source.content === 'string'
    ? source.content
    : source.content.map(({ text }) => text).join('\n');
}

function searchResultText({ title, source, content }: SearchResultFields): string {
  return [title, source, ...content.map(({ text }) => text)].join('\n');
}

/** Bedrock refuses a text of white space alone. */
function textOf(text: string): TextBlock[] {
  return /\S/.test(text) ? [{ type: 'text', text }] : [];
}

function imageOf({ source }: ImageFields): ImageBlock {
  const formats = {
    'image/png': 'png',
    'image/jpeg': 'jpeg',
    'image/gif': 'gif',
    'image/webp': 'webp',
  } as const;
  return { type: 'image', format: formats[source.media_type], bytes: Buffer.from(source.data, 'base64') };
}
