import * as z from 'zod/mini';

const bytes = z.base64();
const source = z.strictObject({ bytes });

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html */
const Image = z.strictObject({ format: z.enum(['png', 'jpeg', 'gif', 'webp']), source });

const Citations = z.strictObject({ enabled: z.boolean() });

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
const Document = z.strictObject({
  format: z.enum(['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md']),
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  source,
  context: z.optional(z.string()),
  citations: z.optional(Citations),
});

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_SearchResultBlock.html */
const SearchResult = z.strictObject({
  source: z.string(),
  title: z.string(),
  content: z.array(z.strictObject({ text: z.string() })),
  citations: z.optional(Citations),
});

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CachePointBlock.html */
export const CachePoint = z.strictObject({
  type: z.literal('default'),
  ttl: z.optional(z.enum(['5m', '1h'])),
});

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailConverseContentBlock.html */
const GuardContent = z
  .strictObject({
    text: z.optional(
      z.strictObject({
        text: z.string(),
        qualifiers: z.optional(z.array(z.enum(['grounding_source', 'query', 'guard_content']))),
      }),
    ),
    image: z.optional(z.strictObject({ format: z.enum(['png', 'jpeg']), source })),
  })
  .check(only());

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CitationsContentBlock.html */
const CitationsContent = z.strictObject({
  content: z.optional(z.array(z.strictObject({ text: z.string() }))),
  citations: z.optional(z.array(z.looseObject({}))),
});

const toolUseId = z.string().check(z.minLength(1), z.maxLength(64), z.regex(/^[a-zA-Z0-9_.:-]+$/));

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html */
export const toolName = z.string().check(z.minLength(1), z.maxLength(64), z.regex(/^[a-zA-Z0-9_-]+$/));

/** What may be in a message and in the result of a tool. No model of the catalogue takes a video. */
const media = {
  text: z.optional(z.string()),
  image: z.optional(Image),
  document: z.optional(Document),
  searchResult: z.optional(SearchResult),
  video: z.optional(z.looseObject({})),
};

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultContentBlock.html */
const ToolResultContent = z.strictObject({ ...media, json: z.optional(z.unknown()) }).check(only());
export type ToolResultContent = z.infer<typeof ToolResultContent>;

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
export const ContentBlock = z
  .strictObject({
    ...media,
    audio: z.optional(z.looseObject({})),
    toolUse: z.optional(
      z.strictObject({
        toolUseId,
        name: toolName,
        input: z.record(z.string(), z.unknown()),
      }),
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
    guardContent: z.optional(GuardContent),
    citationsContent: z.optional(CitationsContent),
    cachePoint: z.optional(CachePoint),
  })
  .check(only());
export type ContentBlock = z.infer<typeof ContentBlock>;

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_SystemContentBlock.html */
export const SystemBlock = z
  .strictObject({
    text: z.optional(z.string().check(z.minLength(1))),
    guardContent: z.optional(GuardContent),
    cachePoint: z.optional(CachePoint),
  })
  .check(only());
export type SystemBlock = z.infer<typeof SystemBlock>;

/** A union of AWS: one of its fields, and no other. */
export function only() {
  return z.refine<object>((union) => Object.keys(union).length === 1, 'must have exactly one field');
}
