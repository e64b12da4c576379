import type { Block, CachePoint, Media, Message, Prompt, Ttl } from '../../model/prompt.ts';
import type { ContentBlock, System, ToolResultBlock } from './content.ts';

interface Turn {
  readonly role: Message['role'];
  readonly content: string | readonly ContentBlock[];
}

/** Messages as Claude reads them: consecutive messages of one role become one. */
export function messagesOf(turns: readonly Turn[]): Message[] {
  const messages: Message[] = [];
  for (const { role, content } of turns) {
    const blocks: Block[] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : content.flatMap(blocksOf);
    const before = messages.at(-1)?.role === role ? messages.pop() : undefined;
    messages.push({ role, content: [...(before?.content ?? []), ...blocks] });
  }
  return messages;
}

export function systemOf(system: System = []): Prompt['system'] {
  if (typeof system === 'string') return [{ type: 'text', text: system }];
  return system.flatMap(({ text, cache_control }) => [{ type: 'text', text }, ...pointAt(cache_control)]);
}

/** A block, and the cache point after it. */
function blocksOf(block: ContentBlock): Block[] {
  switch (block.type) {
    case 'tool_use': {
      const { id, name, input } = block;
      return [{ type: 'tool_use', id, name, input }, ...pointAt(block.cache_control)];
    }
    case 'tool_result': {
      const { tool_use_id: id, content = [] } = block;
      const read: Media[] =
        typeof content === 'string' ? [{ type: 'text', text: content }] : content.map(mediaOf);
      return [{ type: 'tool_result', id, content: read }, ...pointAt(block.cache_control)];
    }
    case 'thinking':
      return [{ type: 'thinking', text: block.thinking, signature: block.signature }];
    case 'redacted_thinking':
      return [{ type: 'redacted_thinking', data: block.data }];
    default:
      return [mediaOf(block), ...pointAt(block.cache_control)];
  }
}

function mediaOf(block: ToolResultBlock): Media {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'image': {
      const { media_type, data } = block.source;
      return { type: 'image', format: media_type.replace('image/', ''), bytes: Buffer.from(data, 'base64') };
    }
    case 'document': {
      const { source, title, citations } = block;
      const isPdf = source.type === 'base64';
      return {
        type: 'document',
        format: isPdf ? 'pdf' : 'txt',
        name: title ?? '',
        bytes: Buffer.from(source.data, isPdf ? 'base64' : 'utf8'),
        citations: citations?.enabled ?? false,
      };
    }
    case 'search_result': {
      const { title, source, content } = block;
      return { type: 'text', text: [title, source, ...content.map(({ text }) => text)].join('\n') };
    }
  }
}

function pointAt(control: { readonly ttl?: Ttl | undefined } | null | undefined): CachePoint[] {
  return control ? [{ type: 'cache_point', ttl: control.ttl ?? '5m' }] : [];
}
