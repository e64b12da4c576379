import { ImageBlockSchema, ToolSchema, ToolUseBlockSchema } from '@org/contract';
import * as z from 'zod/mini';
import { askedEfforts } from './effort.ts';

const cache_control = z.optional(
  z.nullable(z.object({ type: z.literal('ephemeral'), ttl: z.optional(z.nullable(z.enum(['5m', '1h']))) })),
);
export type CacheControl = z.infer<typeof cache_control>;

const base64 = ImageBlockSchema.shape.data;
const object = z.record(z.string(), z.unknown());
const citations = z.optional(z.nullable(z.object({ enabled: z.optional(z.boolean()) })));
const words = z.optional(z.nullable(z.string()));

const TextFields = z.object({ type: z.literal('text'), text: z.string(), cache_control });

const ImageFields = z.object({
  type: z.literal('image'),
  source: z.object({
    type: z.literal('base64'),
    media_type: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']),
    data: base64,
  }),
  cache_control,
});
export type ImageFields = z.infer<typeof ImageFields>;

const DocumentFields = z.object({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('base64'), media_type: z.literal('application/pdf'), data: base64 }),
    z.object({ type: z.literal('text'), data: z.string() }),
    z.object({ type: z.literal('content'), content: z.union([z.string(), z.array(TextFields)]) }),
  ]),
  title: words,
  context: words,
  citations,
  cache_control,
});
export type DocumentFields = z.infer<typeof DocumentFields>;

const SearchResultFields = z.object({
  type: z.literal('search_result'),
  source: z.string(),
  title: z.string(),
  content: z.array(TextFields),
  citations,
  cache_control,
});
export type SearchResultFields = z.infer<typeof SearchResultFields>;

const ResultPart = z.discriminatedUnion('type', [
  TextFields,
  ImageFields,
  DocumentFields,
  SearchResultFields,
]);
/** A piece of what a tool returned, and of a message. */
export type ResultPart = z.infer<typeof ResultPart>;

const AnyBlock = z.discriminatedUnion('type', [
  TextFields,
  ImageFields,
  DocumentFields,
  SearchResultFields,
  z.object({
    type: z.literal('tool_use'),
    id: ToolUseBlockSchema.shape.id,
    name: ToolUseBlockSchema.shape.name,
    input: object,
    cache_control,
  }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: ToolUseBlockSchema.shape.id,
    content: z.optional(z.nullable(z.union([z.string(), z.array(ResultPart)]))),
    is_error: z.optional(z.nullable(z.boolean())),
    cache_control,
  }),
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.optional(z.string()) }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
]);
export type AnyBlock = z.infer<typeof AnyBlock>;

const Texts = z.union([z.string(), z.array(TextFields)]);
export type Texts = z.infer<typeof Texts>;

const parallel = { disable_parallel_tool_use: z.optional(z.nullable(z.boolean())) };

/** What is read of a request for a model that does not read it itself. What is not named here was read before, or says nothing to it. */
export const ConversationFields = z.object({
  max_tokens: z.optional(z.int()),
  messages: z.array(
    z.discriminatedUnion('role', [
      z.object({ role: z.literal('user'), content: z.union([z.string(), z.array(AnyBlock)]) }),
      z.object({ role: z.literal('assistant'), content: z.union([z.string(), z.array(AnyBlock)]) }),
      z.object({ role: z.literal('system'), content: Texts }),
    ]),
  ),
  system: z.optional(Texts),
  tools: z.optional(
    z.array(
      z.object({
        type: z.optional(z.nullable(z.literal('custom'))),
        name: ToolSchema.shape.name,
        description: z.optional(z.nullable(z.string())),
        input_schema: ToolSchema.shape.inputSchema,
        strict: z.optional(z.nullable(z.boolean())),
        cache_control,
      }),
    ),
  ),
  tool_choice: z.optional(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('auto'), ...parallel }),
      z.object({ type: z.literal('any'), ...parallel }),
      z.object({ type: z.literal('tool'), name: ToolSchema.shape.name, ...parallel }),
      z.object({ type: z.literal('none') }),
    ]),
  ),
  thinking: z.optional(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('enabled'), budget_tokens: z.int().check(z.minimum(1)) }),
      z.object({ type: z.literal('adaptive') }),
      z.object({ type: z.literal('between_tools') }),
      z.object({ type: z.literal('disabled') }),
    ]),
  ),
  output_config: z.optional(
    z.object({
      effort: z.optional(z.nullable(z.enum(askedEfforts))),
      format: z.optional(z.nullable(z.object({ type: z.literal('json_schema'), schema: object }))),
    }),
  ),
  output_format: z.optional(z.object({ type: z.literal('json_schema'), schema: object })),
  stop_sequences: z.optional(z.array(z.string().check(z.regex(/\S/, 'must not be empty')))),
  temperature: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
  top_p: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
  top_k: z.optional(z.number()),
  cache_control,
});
export type ConversationFields = z.infer<typeof ConversationFields>;
