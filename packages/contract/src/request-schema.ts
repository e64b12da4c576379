import * as z from 'zod/mini';
import {
  CachePointBlockSchema,
  cacheTtl,
  MessageSchema,
  saysSomething,
  TextBlockSchema,
  ToolChoiceSchema,
  ToolSchema,
  text,
} from './block-schemas.ts';
import type { Fields } from './fields.ts';
import type { AskCapability, AskRequest, EmbedRequest, Turn } from './types.ts';

const fraction = z.number().check(z.minimum(0, 'must be at least 0'), z.maximum(1, 'must be at most 1'));

// An answer may say nothing, and can be sent back as it is.
const turn = z
  .strictObject({ role: z.enum(['user', 'assistant']), text: z.string() } satisfies Fields<Turn>)
  .check(
    z.refine(({ role, text }) => role === 'assistant' || saysSomething(text), {
      path: ['text'],
      message: 'must not be empty',
    }),
  );

const inTurn = z.refine<readonly { readonly role: string }[]>(
  (turns) => turns.every(({ role }, index) => role === (index % 2 === 0 ? 'user' : 'assistant')),
  'must alternate user and assistant turns, starting with user',
);

const history = z.array(turn).check(
  inTurn,
  z.refine(
    (turns) => turns.at(-1)?.role !== 'user',
    'must end with an assistant turn: the question is the next user turn',
  ),
);

/** Keywords that can make a schema an object's without a `type`. The schema's reader decides whether they do. */
const composing = ['$ref', 'allOf', 'anyOf', 'oneOf'];

const outputSchema = z
  .record(z.string(), z.unknown())
  .check(
    z.refine(
      ({ type, ...schema }) =>
        type === 'object' || (type === undefined && composing.some((keyword) => keyword in schema)),
      "must be a JSON Schema of an object: with type 'object', or a $ref or an allOf that leads to one",
    ),
  );

const customer = z.optional(
  z
    .string()
    .check(
      z.minLength(1, 'must not be empty'),
      z.maxLength(128, 'must have at most 128 characters: send an id'),
    ),
);

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
const fields = z.strictObject({
  model: text,
  question: z.optional(text),
  system: z.optional(
    z.union([
      text,
      z
        .array(z.discriminatedUnion('type', [TextBlockSchema, CachePointBlockSchema]))
        .check(z.minLength(1, 'must not be empty')),
    ]),
  ),
  history: z.optional(history),
  messages: z.optional(z.array(MessageSchema).check(z.minLength(1, 'must not be empty'), inTurn)),
  tools: z.optional(
    z.array(z.union([ToolSchema, CachePointBlockSchema])).check(
      z.refine((tools) => tools.some((tool) => 'name' in tool), 'must have a tool'),
      z.refine((tools) => {
        const names = tools.flatMap((tool) => ('name' in tool ? tool.name : []));
        return new Set(names).size === names.length;
      }, 'must have different names'),
    ),
  ),
  toolChoice: z.optional(ToolChoiceSchema),
  reasoning: z.optional(z.enum(['off', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])),
  cache: z.optional(cacheTtl),
  serviceTier: z.optional(z.enum(['priority', 'flex'])),
  maxTokens: z.optional(z.union([z.int().check(z.minimum(1, 'must be at least 1')), z.literal('fit')])),
  temperature: z.optional(fraction),
  topP: z.optional(fraction),
  stop: z.optional(
    z
      .array(z.string().check(z.minLength(1, 'must not be empty')))
      .check(z.maxLength(4, 'must have at most 4 strings')),
  ),
  outputSchema: z.optional(outputSchema),
  customer,
} satisfies Fields<AskRequest>);

type Body = z.infer<typeof fields>;

/** Rules between fields. Checked for a body whose fields are each valid. */
function rule(path: keyof Body, message: string, holds: (body: Body) => boolean) {
  return z.refine<Body>(holds, { path: [path], message, when: ({ issues }) => issues.length === 0 });
}

/** Reported beside other fields' faults, because it may be the caller's only real mistake. */
const asksSomething = z.refine<Partial<Body>>(
  ({ question, messages }) => question !== undefined || messages?.at(-1)?.role === 'user',
  {
    path: ['question'],
    message: 'is missing: send a string, or messages that end with a user turn',
    when: ({ value, issues }) =>
      issues.length === 0 || (typeof value === 'object' && value !== null && !('messages' in value)),
  },
);

const hasTool = ({ tools = [] }: Body, name: string) =>
  tools.some((tool) => 'name' in tool && tool.name === name);

/** Reads the body of an ask. Strict: an unknown field is an error that names it. */
export const AskRequestSchema = fields.check(
  asksSomething,
  rule(
    'messages',
    'must end with an assistant turn if there is a question, which is the next user turn',
    ({ question, messages = [] }) => question === undefined || messages.at(-1)?.role !== 'user',
  ),
  rule(
    'history',
    'cannot be combined with messages, which include the earlier turns',
    ({ history: earlier, messages }) => earlier === undefined || messages === undefined,
  ),
  rule(
    'toolChoice',
    'needs tools',
    ({ tools, toolChoice }) => toolChoice === undefined || tools !== undefined,
  ),
  rule('toolChoice', 'must name one of the tools', (body) => {
    const { toolChoice } = body;
    return typeof toolChoice !== 'object' || body.tools === undefined || hasTool(body, toolChoice.name);
  }),
  rule(
    'cache',
    'cannot be combined with your own cache points',
    ({ cache, system, tools = [], messages = [] }) => {
      const own = [
        ...(typeof system === 'object' ? system : []),
        ...tools,
        ...messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content)),
      ];
      return cache === undefined || !own.some((block) => 'type' in block && block.type === 'cache_point');
    },
  ),
);

/** Reads the body of a request for vectors. Strict: an unknown field is an error that names it. */
export const EmbedRequestSchema = z.strictObject({
  model: text,
  inputs: z
    .array(text)
    .check(z.minLength(1, 'must not be empty'), z.maxLength(256, 'must have at most 256 strings')),
  dimensions: z.optional(z.int().check(z.minimum(1, 'must be at least 1'))),
  purpose: z.optional(z.enum(['document', 'query'])),
  customer,
} satisfies Fields<EmbedRequest>);

/** Every {@link AskCapability}. */
export const askCapabilities = Object.keys({
  system: true,
  history: true,
  stop: true,
  temperature: true,
  topP: true,
  temperatureWithTopP: true,
  images: true,
  documents: true,
  tools: true,
  reasoning: true,
  cache: true,
  serviceTier: true,
  outputSchema: true,
  stream: true,
  embed: true,
} satisfies Record<AskCapability, true>);
