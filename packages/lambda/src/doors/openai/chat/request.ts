import { AskRequestSchema, ToolSchema } from '@org/contract';
import * as z from 'zod/mini';
import type { HeededField } from '../../field-table.ts';
import { customerFields } from '../customer.ts';
import { documentOf, documentRule, imageOf, imageRule } from '../data-urls.ts';
import type { chatFields } from './fields.ts';

/** Unknown fields within these are ignored: clients send back what answers of other providers had. */
const textPart = z.object({ type: z.literal('text'), text: z.string() });

/** A URL that is read, or is an error of these words. */
function readUrl<Value>(read: (url: string) => Value | undefined, words: string) {
  return z.pipe(
    z.string(),
    z.transform((url: string, context): Value => {
      const value = read(url);
      if (value !== undefined) return value;
      context.issues.push({ code: 'custom', message: words, input: url });
      return z.NEVER;
    }),
  );
}

const userPart = z.discriminatedUnion('type', [
  textPart,
  z.object({
    type: z.literal('image_url'),
    image_url: z.object({ url: readUrl(imageOf, imageRule) }),
  }),
  z.object({ type: z.literal('file'), file: z.object({ file_data: readUrl(documentOf, documentRule) }) }),
]);

const assistantPart = z.discriminatedUnion('type', [
  textPart,
  z.object({ type: z.literal('refusal'), refusal: z.string() }),
]);

const texts = z.union([z.string(), z.array(textPart)]);

const toolCall = z.object({
  id: z.string(),
  type: z.optional(z.literal('function')),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

/** What stands nowhere else, so that without it the conversation would be another. */
const absent = (words: string) =>
  z.optional(z.unknown().check(z.refine((value) => value === undefined || value === null, words)));

const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: texts }),
  z.object({ role: z.literal('user'), content: z.union([z.string(), z.array(userPart)]) }),
  z.object({
    role: z.literal('assistant'),
    content: z.nullish(z.union([z.string(), z.array(assistantPart)])),
    refusal: z.nullish(z.string()),
    tool_calls: z.nullish(z.array(toolCall)),
    audio: absent('is not supported: send what was said as content'),
    function_call: absent('is not supported: send it as tool_calls'),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: z.string(), content: texts }),
]);

/** A message of a conversation. */
export type ChatMessage = z.output<typeof message>;

/** A piece of a message's content. */
export type ChatPart = z.output<typeof userPart> | z.output<typeof assistantPart>;

const { name } = ToolSchema.shape;

const namedFunction = z.object({ type: z.literal('function'), function: z.object({ name }) });

const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name,
    description: z.nullish(z.string()),
    parameters: z.nullish(
      z
        .record(z.string(), z.unknown())
        .check(
          z.refine(
            ({ type }) => type === undefined || type === 'object',
            "must be a JSON Schema with type 'object'",
          ),
        ),
    ),
  }),
});

/** A tool that the model may call. */
export type ChatTool = z.output<typeof tool>;

const toolChoice = z.union([
  z.enum(['auto', 'required', 'none']),
  z.discriminatedUnion('type', [
    namedFunction,
    z.object({
      type: z.literal('allowed_tools'),
      allowed_tools: z.object({
        mode: z.enum(['auto', 'required']),
        tools: z.array(namedFunction).check(z.minLength(1, 'must not be empty')),
      }),
    }),
  ]),
]);

/** Whether the model must call a tool, and which ones it may. */
export type ChatToolChoice = z.output<typeof toolChoice>;

const { model, maxTokens, temperature, topP, outputSchema } = AskRequestSchema.shape;

const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({ schema: outputSchema.def.innerType }),
  }),
]);

/** Reads the fields of a request for a chat completion that are not ignored, and none of which is `null`. */
export const ChatRequestSchema = z.object({
  model,
  messages: z.array(message),
  max_completion_tokens: maxTokens,
  max_tokens: maxTokens,
  temperature,
  top_p: topP,
  stop: z.optional(
    z.union([z.string(), z.array(z.string()).check(z.maxLength(4, 'must have at most 4 strings'))]),
  ),
  stream: z.optional(z.boolean()),
  stream_options: z.optional(z.object({ include_usage: z.nullish(z.boolean()) })),
  tools: z.optional(z.array(tool)),
  tool_choice: z.optional(toolChoice),
  parallel_tool_calls: z.optional(z.boolean()),
  response_format: z.optional(responseFormat),
  reasoning_effort: z.optional(z.enum(['none', 'off', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])),
  service_tier: z.optional(z.enum(['auto', 'default', 'flex', 'priority', 'fast'])),
  ...customerFields,
} satisfies Readonly<Record<HeededField<typeof chatFields>, z.ZodMiniType>>);
