import * as z from 'zod/mini';
import type { PromptPart } from './prompt.ts';

const bytes = z.base64();
const source = z.strictObject({ bytes });
const toolUseId = z.string().check(z.regex(/^[a-zA-Z0-9_.:-]{1,64}$/));

const Image = z.strictObject({ format: z.enum(['png', 'jpeg', 'gif', 'webp']), source });

const Document = z.strictObject({
  format: z.enum(['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md']),
  name: z
    .string()
    .check(
      z.regex(/^(?!.*\s\s)[a-zA-Z0-9\s()[\]-]{1,200}$/, 'the file name has characters that are not allowed'),
    ),
  source,
  citations: z.optional(z.strictObject({ enabled: z.boolean() })),
});

const CachePoint = z.strictObject({ type: z.literal('default'), ttl: z.optional(z.enum(['5m', '1h'])) });

/** What may be in a message and in the result of a tool. */
const media = { text: z.optional(z.string()), image: z.optional(Image), document: z.optional(Document) };

const one = z.refine<object>((block) => Object.keys(block).length === 1, 'must have exactly one field');

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultContentBlock.html */
const ToolResultContent = z.strictObject({ ...media, json: z.optional(z.unknown()) }).check(one);

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
export const ContentBlock = z
  .strictObject({
    ...media,
    toolUse: z.optional(
      z.strictObject({ toolUseId, name: z.string(), input: z.record(z.string(), z.unknown()) }),
    ),
    toolResult: z.optional(
      z.strictObject({
        toolUseId,
        content: z.array(ToolResultContent),
        status: z.optional(z.enum(['success', 'error'])),
      }),
    ),
    reasoningContent: z.optional(
      z.union([
        z.strictObject({
          reasoningText: z.strictObject({ text: z.string(), signature: z.optional(z.string()) }),
        }),
        z.strictObject({ redactedContent: bytes }),
      ]),
    ),
    cachePoint: z.optional(CachePoint),
  })
  .check(one);
export type ContentBlock = z.infer<typeof ContentBlock>;

export const SystemBlock = z
  .strictObject({ text: z.optional(z.string()), cachePoint: z.optional(CachePoint) })
  .check(one);

/** In a list of tools. */
export const ToolCachePoint = z.strictObject({ cachePoint: CachePoint });

/** Documents whose bytes are their text. */
const plain: readonly string[] = ['csv', 'html', 'txt', 'md'];

/** What the model reads of a block. */
export function partsOf(block: ContentBlock): PromptPart[] {
  const { toolUse, toolResult, reasoningContent: reasoning, cachePoint, ...rest } = block;
  if (toolUse) return [{ text: toolUse.name }, { text: JSON.stringify(toolUse.input) }];
  if (toolResult) return toolResult.content.flatMap(partsOfMedia);
  if (reasoning)
    return 'reasoningText' in reasoning ? [{ text: reasoning.reasoningText.text }] : [{ tokens: 50 }];
  return cachePoint ? ['cache point'] : partsOfMedia(rest);
}

function partsOfMedia({ text, image, document, json }: z.infer<typeof ToolResultContent>): PromptPart[] {
  if (text !== undefined) return [{ text }];
  if (image) return [{ tokens: 1000 }];
  if (!document) return [{ text: JSON.stringify(json) }];
  const content = Buffer.from(document.source.bytes, 'base64');
  return [
    { text: document.name },
    plain.includes(document.format) ? { text: content.toString() } : { tokens: 2000 },
  ];
}
