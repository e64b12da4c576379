import * as z from 'zod/mini';

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html#prompt-caching-invoke */
const CacheControl = z.strictObject({
  type: z.literal('ephemeral'),
  ttl: z.optional(z.enum(['5m', '1h'])),
});

/** A cache point is not a block here: it is a field of the block before it. */
export const cache_control = z.optional(z.nullable(CacheControl));

const base64 = z.base64();
const citations = z.optional(z.strictObject({ enabled: z.boolean() }));

const Text = z.strictObject({
  type: z.literal('text'),
  text: z.string(),
  cache_control,
  /** In a repeated answer. */
  citations: z.optional(z.nullable(z.array(z.looseObject({})))),
});

const Image = z.strictObject({
  type: z.literal('image'),
  source: z.strictObject({
    type: z.literal('base64'),
    media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
    data: base64,
  }),
  cache_control,
});

const Document = z.strictObject({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('base64'), media_type: z.literal('application/pdf'), data: base64 }),
    z.strictObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() }),
  ]),
  title: z.optional(z.nullable(z.string())),
  context: z.optional(z.nullable(z.string())),
  citations,
  cache_control,
});

const SearchResult = z.strictObject({
  type: z.literal('search_result'),
  source: z.string(),
  title: z.string(),
  content: z.array(Text),
  citations,
  cache_control,
});

const ToolResultBlock = z.discriminatedUnion('type', [Text, Image, Document, SearchResult]);
export type ToolResultBlock = z.infer<typeof ToolResultBlock>;

/**
 * A block of a message. Only the forms documented for Bedrock: no image URL, no file, no server tool.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
export const ContentBlock = z.discriminatedUnion('type', [
  Text,
  Image,
  Document,
  SearchResult,
  z.strictObject({
    type: z.literal('tool_use'),
    id: z.string().check(z.regex(/^[a-zA-Z0-9_-]+$/)),
    name: z.string(),
    input: z.record(z.string(), z.unknown()),
    cache_control,
  }),
  z.strictObject({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    content: z.optional(z.union([z.string(), z.array(ToolResultBlock)])),
    is_error: z.optional(z.boolean()),
    cache_control,
  }),
  z.strictObject({
    type: z.literal('thinking'),
    thinking: z.string(),
    signature: z.optional(z.string()),
  }),
  z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() }),
]);
export type ContentBlock = z.infer<typeof ContentBlock>;

export const System = z.union([z.string(), z.array(Text)]);
export type System = z.infer<typeof System>;
