import * as z from 'zod/mini';
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
  Tool,
  ToolChoice,
  ToolResultBlock,
  ToolUseBlock,
} from './blocks.ts';
import type { Fields } from './fields.ts';

// Bedrock refuses strings of white space alone, so they are refused here, where the field can be named.
const something = /\S/;

export const text = z.string().check(z.regex(something, 'must not be empty'));

export const saysSomething = (said: string): boolean => something.test(said);

// zod's own check decodes it, and so takes the time and memory of a second file.
const base64 = z.string().check(
  z.refine((data) => data.length > 0, 'must not be empty'),
  z.refine(
    (data) => data.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(data),
    'must be the bytes in padded base64, and not a URL or a data URL',
  ),
);

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html */
const toolName = z.string().check(z.regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ and -'));

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
const documentName = z
  .string()
  .check(
    z.regex(
      /^(?=.{1,200}$)[A-Za-z0-9()[\]-]+(?: [A-Za-z0-9()[\]-]+)*$/,
      'must be up to 200 letters, digits, single spaces, hyphens, parentheses and square brackets, without dots',
    ),
  );

const object = z.record(z.string(), z.unknown());

export const TextBlockSchema = z.strictObject({ type: z.literal('text'), text } satisfies Fields<TextBlock>);

export const ImageBlockSchema = z.strictObject({
  type: z.literal('image'),
  format: z.enum(['png', 'jpeg', 'gif', 'webp']),
  data: base64,
} satisfies Fields<ImageBlock>);

export const DocumentBlockSchema = z.strictObject({
  type: z.literal('document'),
  format: z.enum(['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md']),
  name: documentName,
  data: base64,
  citations: z.optional(z.boolean()),
} satisfies Fields<DocumentBlock>);

// For a call that a model wrote: its name may be of no known tool.
export const ToolUseBlockSchema = z.strictObject({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: object,
} satisfies Fields<ToolUseBlock>);

export const JsonBlockSchema = z.strictObject({
  type: z.literal('json'),
  json: z.unknown(),
} satisfies Fields<JsonBlock>);

export const ToolResultBlockSchema = z.strictObject({
  type: z.literal('tool_result'),
  id: z.string(),
  content: z.union([
    z.string(),
    z.array(
      z.discriminatedUnion('type', [TextBlockSchema, JsonBlockSchema, ImageBlockSchema, DocumentBlockSchema]),
    ),
  ]),
  isError: z.optional(z.boolean()),
} satisfies Fields<ToolResultBlock>);

/** A thought may be empty: newer models sign thoughts whose words they keep. */
export const ReasoningBlockSchema = z.strictObject({
  type: z.literal('reasoning'),
  text: z.string(),
  signature: z.optional(z.string()),
} satisfies Fields<ReasoningBlock>);

export const RedactedReasoningBlockSchema = z.strictObject({
  type: z.literal('redacted_reasoning'),
  data: base64,
} satisfies Fields<RedactedReasoningBlock>);

export const cacheTtl = z.enum(['5m', '1h']);

export const CachePointBlockSchema = z.strictObject({
  type: z.literal('cache_point'),
  ttl: z.optional(cacheTtl),
} satisfies Fields<CachePointBlock>);

export const BlockSchema = z.discriminatedUnion('type', [
  TextBlockSchema,
  ImageBlockSchema,
  DocumentBlockSchema,
  ToolUseBlockSchema,
  ToolResultBlockSchema,
  ReasoningBlockSchema,
  RedactedReasoningBlockSchema,
  CachePointBlockSchema,
]) satisfies z.ZodMiniType<Block>;

/** An answer may be empty, and can be sent back as it is. */
export const MessageSchema = z
  .strictObject({
    role: z.enum(['user', 'assistant']),
    content: z.union([z.string(), z.array(BlockSchema)]),
  } satisfies Fields<Message>)
  .check(
    z.refine(
      ({ role, content }) =>
        role === 'assistant' || (typeof content === 'string' ? saysSomething(content) : content.length > 0),
      { path: ['content'], message: 'must not be empty' },
    ),
  );

export const ToolSchema = z.strictObject({
  name: toolName,
  description: z.optional(text),
  inputSchema: object.check(
    z.refine(({ type }) => type === 'object', "must be a JSON Schema with type 'object'"),
  ),
} satisfies Fields<Tool>);

export const ToolChoiceSchema = z.union([
  z.enum(['auto', 'required', 'none']),
  z.strictObject({ name: toolName }),
]) satisfies z.ZodMiniType<ToolChoice>;
