import type { Block, CachePoint, Media, Message, Text } from '../model/prompt.ts';
import type { ContentBlock, SystemBlock, ToolResultContent } from './content.ts';

/** A message of Converse as a model reads it. */
export function messageOf({
  role,
  content,
}: {
  readonly role: Message['role'];
  readonly content: readonly ContentBlock[];
}): Message {
  return { role, content: content.map(blockOf) };
}

export function systemOf({ text, guardContent, cachePoint }: SystemBlock): Text | CachePoint {
  return cachePoint ? pointOf(cachePoint) : { type: 'text', text: text ?? guardContent?.text?.text ?? '' };
}

/** The texts that the caller marks for the guardrail; `undefined` where it marks none, and all are looked at. */
export function guardedIn(
  messages: readonly { readonly content: readonly ContentBlock[] }[],
): string | undefined {
  const marked = messages.flatMap(({ content }) => content.flatMap(({ guardContent }) => guardContent ?? []));
  return marked.length === 0 ? undefined : marked.map(({ text }) => text?.text ?? '').join('');
}

function blockOf(block: ContentBlock): Block {
  const {
    toolUse,
    toolResult,
    reasoningContent: reasoning,
    guardContent,
    citationsContent,
    cachePoint,
  } = block;
  if (toolUse) return { type: 'tool_use', id: toolUse.toolUseId, name: toolUse.name, input: toolUse.input };
  if (toolResult) {
    return { type: 'tool_result', id: toolResult.toolUseId, content: toolResult.content.map(mediaOf) };
  }
  if (reasoning) {
    if ('redactedContent' in reasoning) return { type: 'redacted_thinking', data: reasoning.redactedContent };
    return { type: 'thinking', signature: undefined, ...reasoning.reasoningText };
  }
  if (guardContent) return mediaOf({ image: guardContent.image, text: guardContent.text?.text });
  if (citationsContent) {
    return { type: 'text', text: (citationsContent.content ?? []).map(({ text }) => text).join('') };
  }
  return cachePoint ? pointOf(cachePoint) : mediaOf(block);
}

function mediaOf({ text, image, document, searchResult, json }: Partial<ToolResultContent>): Media {
  if (image) return { type: 'image', format: image.format, bytes: Buffer.from(image.source.bytes, 'base64') };
  if (document) {
    const { format, name, source, citations } = document;
    return {
      type: 'document',
      format,
      name,
      bytes: Buffer.from(source.bytes, 'base64'),
      citations: citations?.enabled ?? false,
    };
  }
  if (searchResult) {
    const { title, source, content } = searchResult;
    return { type: 'text', text: [title, source, ...content.map((piece) => piece.text)].join('\n') };
  }
  return { type: 'text', text: text ?? JSON.stringify(json) };
}

function pointOf({ ttl = '5m' }: NonNullable<SystemBlock['cachePoint']>): CachePoint {
  return { type: 'cache_point', ttl };
}
