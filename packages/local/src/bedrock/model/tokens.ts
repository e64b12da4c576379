import { pictureOf } from './image.ts';
import type { Block, Image, Tool } from './prompt.ts';

/** About four characters a token, as with real tokenizers; the pieces make up the whole text again. */
export function tokenize(text: string): string[] {
  return text.match(/\s*\S{1,4}|\s+$/gu) ?? [];
}

/** What of a model its tokens depend on. */
export interface Reader {
  /** Whether it counts as Claude does. */
  readonly isClaude: boolean;
  /** The most tokens of one image. */
  readonly imageTokens?: number | undefined;
}

/** What a model reads of a block, in tokens. */
export function tokensOf(block: Block | Tool, reader: Reader): number {
  switch (block.type) {
    case 'text':
    case 'thinking':
    case 'tool':
      return tokenize(block.text).length;
    case 'image':
      return imageTokens(block, reader);
    case 'document': {
      const { name, format, bytes } = block;
      const title = tokenize(name).length;
      if (format === 'pdf') return title + pagesOf(bytes) * 2000;
      return title + (plain.has(format) ? tokenize(Buffer.from(bytes).toString()).length : 2000);
    }
    case 'tool_use':
      return tokenize(block.name).length + tokenize(JSON.stringify(block.input)).length;
    case 'tool_result':
      return block.content.reduce((sum, content) => sum + tokensOf(content, reader), 0);
    case 'redacted_thinking':
      return 50;
    case 'cache_point':
      return 0;
  }
}

/** Documents whose bytes are their text. */
export const plain: ReadonlySet<string> = new Set(['csv', 'html', 'txt', 'md']);

/** Pages that a PDF says openly that it has; one that packs its pages counts as one. */
export function pagesOf(pdf: Uint8Array): number {
  return Math.max(
    1,
    Buffer.from(pdf)
      .toString('latin1')
      .match(/\/Type\s*\/Page\b/g)?.length ?? 0,
  );
}

/**
 * Claude counts squares of 28 pixels, up to a limit by model. How others count is not published.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/vision
 */
function imageTokens({ bytes }: Image, { isClaude, imageTokens: most = 1000 }: Reader): number {
  const size = isClaude ? pictureOf(bytes)?.size : undefined;
  return size ? Math.min(Math.ceil(size.width / 28) * Math.ceil(size.height / 28), most) : most;
}
