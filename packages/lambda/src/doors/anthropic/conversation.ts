import { ImageBlockSchema, ToolSchema, ToolUseBlockSchema } from '@org/contract';
import type { CacheTtl, Effort } from '@org/models';
import * as z from 'zod/mini';
import type {
  Block,
  CachePointBlock,
  ChatCall,
  DocumentBlock,
  ImageBlock,
  Message,
  TextBlock,
  Tool,
} from '../../call/call.ts';
import type { ChosenModel } from '../../config.ts';
import { type JsonObject, jsonObject } from '../../json.ts';
import { ProxyError } from '../../proxy-error.ts';
import { readFields } from '../fields.ts';
import { askedEfforts, nearestEffort, usualEffort } from './effort.ts';

const cache_control = z.optional(
  z.nullable(z.object({ type: z.literal('ephemeral'), ttl: z.optional(z.nullable(z.enum(['5m', '1h']))) })),
);
type CacheControl = z.infer<typeof cache_control>;

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
type DocumentFields = z.infer<typeof DocumentFields>;

const SearchResultFields = z.object({
  type: z.literal('search_result'),
  source: z.string(),
  title: z.string(),
  content: z.array(TextFields),
  citations,
  cache_control,
});
type SearchResultFields = z.infer<typeof SearchResultFields>;

const ResultPart = z.discriminatedUnion('type', [
  TextFields,
  ImageFields,
  DocumentFields,
  SearchResultFields,
]);

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
type AnyBlock = z.infer<typeof AnyBlock>;

const texts = z.union([z.string(), z.array(TextFields)]);

const parallel = { disable_parallel_tool_use: z.optional(z.nullable(z.boolean())) };

const Fields = z.object({
  max_tokens: z.optional(z.int()),
  messages: z.array(
    z.discriminatedUnion('role', [
      z.object({ role: z.literal('user'), content: z.union([z.string(), z.array(AnyBlock)]) }),
      z.object({ role: z.literal('assistant'), content: z.union([z.string(), z.array(AnyBlock)]) }),
      z.object({ role: z.literal('system'), content: texts }),
    ]),
  ),
  system: z.optional(texts),
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
type Fields = z.infer<typeof Fields>;

/**
 * A request in the words of Anthropic's API, for a model of another maker.
 *
 * @throws {ProxyError} `invalid_request` with its issues, or `unsupported_feature`.
 */
export function conversationOf(fields: JsonObject, model: ChosenModel): ChatCall {
  const { stream: _, ...read } = fields;
  const request = readFields(Fields, read);
  const { max_tokens, messages, system, tools, tool_choice, stop_sequences, temperature, top_p } = request;
  refuseUntranslatable(request, model);
  const writer = new BlockWriter(model);
  const between = messages.flatMap((message) => (message.role === 'system' ? [message.content] : []));
  const front = [...(system === undefined ? [] : [system]), ...between].flatMap((each) =>
    writer.system(each),
  );
  const turns = messages.flatMap((message) =>
    message.role === 'system' ? [] : [{ role: message.role, blocks: writer.message(message.content) }],
  );
  const offered = tools?.flatMap((tool) => writer.tool(tool)) ?? [];
  const schema = request.output_config?.format?.schema ?? request.output_format?.schema;
  const call: ChatCall = {
    kind: 'chat',
    messages: inTurns(turns),
    system: front.length > 0 ? front : undefined,
    tools: offered.length > 0 ? offered : undefined,
    toolChoice: choiceOf(tool_choice),
    reasoning: effortOf(request, model),
    maxTokens: max_tokens,
    temperature,
    topP: top_p,
    stop: stop_sequences && stop_sequences.length > 0 ? stop_sequences : undefined,
    outputSchema: schema,
  };
  return request.cache_control ? { ...call, ...writer.cache(request.cache_control) } : call;
}

function refuseUntranslatable({ top_k, tools = [], messages }: Fields, { alias }: ChosenModel): void {
  const quoted = messages.some(
    ({ content }) => typeof content !== 'string' && content.some((block) => isQuoted(block)),
  );
  const refused = [
    ...(top_k === undefined ? [] : [{ name: 'top_k', param: 'top_k' }]),
    ...(tools.some(({ strict }) => strict) ? [{ name: 'strict tools', param: 'tools' }] : []),
    ...(quoted ? [{ name: 'citations', param: 'messages' }] : []),
  ];
  const [first] = refused;
  if (!first) return;
  throw new ProxyError({
    code: 'unsupported_feature',
    message: `The model ${alias} does not support ${first.name} through this API. Leave it out or choose a model of Claude.`,
    param: first.param,
  });
}

function isQuoted(block: AnyBlock): boolean {
  if (block.type === 'tool_result') {
    return Array.isArray(block.content) && block.content.some(isQuoted);
  }
  return 'citations' in block && block.citations?.enabled === true;
}

/** Converse wants turns in turn: those of one role in a row are one, as on Anthropic's API. */
function inTurns(turns: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const turn of turns) {
    const before = joined.at(-1)?.role === turn.role ? joined.pop() : undefined;
    joined.push({ ...turn, blocks: [...(before?.blocks ?? []), ...turn.blocks] });
  }
  const empty = joined.findIndex(({ blocks }) => blocks.length === 0);
  if (empty >= 0) throw misplaced('must not be empty');
  if (joined[0]?.role !== 'user') throw misplaced('must begin with a user turn');
  if (joined.at(-1)?.role !== 'user') {
    throw misplaced('must end with a user turn: this model does not go on with an answer of its own');
  }
  return joined;
}

function misplaced(message: string): ProxyError {
  const path = 'messages';
  return new ProxyError({
    code: 'invalid_request',
    message: `${path} ${message}.`,
    param: path,
    details: { issues: [{ path, message }] },
  });
}

function choiceOf(choice: Fields['tool_choice']): ChatCall['toolChoice'] {
  switch (choice?.type) {
    case 'auto':
    case 'none':
      return choice.type;
    case 'any':
      return 'required';
    case 'tool':
      return { name: choice.name };
    case undefined:
      return undefined;
  }
}

/** From how many tokens to think with on a caller means to ask for so much. */
const budgets: readonly (readonly [least: number, effort: Effort])[] = [
  [8192, 'high'],
  [2048, 'medium'],
  [0, 'low'],
];

/** How hard the model is asked to think: as much as it can of what is asked, and where it cannot be kept from it, little. */
function effortOf({ thinking, output_config }: Fields, { definition }: ChosenModel): Effort | undefined {
  const reasoning = definition.upstream === 'converse' ? definition.reasoning : undefined;
  const effort = output_config?.effort ?? undefined;
  const nearest = (asked: Effort) => reasoning && nearestEffort(asked, reasoning.efforts);
  switch (thinking?.type) {
    case 'disabled':
      return reasoning?.efforts.includes('off') ? 'off' : nearest('low');
    case 'enabled': {
      const { budget_tokens } = thinking;
      const asked = budgets.find(([least]) => budget_tokens >= least)?.[1] ?? 'low';
      // A model that cannot think is refused by name.
      return reasoning ? nearest(asked) : asked;
    }
    case 'adaptive':
    case 'between_tools':
      return nearest(effort ?? usualEffort);
    case undefined:
      return effort && reasoning?.default !== 'off' ? nearest(effort) : undefined;
  }
}

/** Puts blocks into the words of the middle. Of one request: documents are numbered in it. */
class BlockWriter {
  readonly #points;
  #documents = 0;

  constructor({ definition }: ChosenModel) {
    this.#points = definition.upstream === 'converse' ? definition.cache?.points : undefined;
  }

  system(content: z.infer<typeof texts>): (TextBlock | CachePointBlock)[] {
    if (typeof content === 'string') return textOf(content);
    return content.flatMap((block) => this.#cached(textOf(block.text), block.cache_control, 'system'));
  }

  tool({ name, description, input_schema, cache_control: control }: NonNullable<Fields['tools']>[number]) {
    const tool: Tool = {
      type: 'tool',
      name,
      description: description && /\S/.test(description) ? description : undefined,
      inputSchema: jsonObject(input_schema),
    };
    return this.#cached([tool], control, 'tools');
  }

  message(content: string | readonly AnyBlock[]): Block[] {
    if (typeof content === 'string') return textOf(content);
    return content.flatMap((block) =>
      'cache_control' in block
        ? this.#cached(this.#block(block), block.cache_control, 'messages')
        : this.#block(block),
    );
  }

  /** The whole prompt, as far as the model keeps one. */
  cache({ ttl }: NonNullable<CacheControl>): Pick<ChatCall, 'cache'> {
    return this.#points ? { cache: this.#ttl(ttl) ?? '5m' } : {};
  }

  #ttl(ttl: CacheTtl | null | undefined): CacheTtl | undefined {
    return ttl && this.#points?.ttls.includes(ttl) ? ttl : undefined;
  }

  /** Blocks with a point of the cache after them, where the model takes one there. */
  #cached<Each>(
    blocks: readonly Each[],
    control: CacheControl,
    part: 'tools' | 'system' | 'messages',
  ): (Each | CachePointBlock)[] {
    if (!control || blocks.length === 0 || !this.#points?.parts.includes(part)) return [...blocks];
    return [...blocks, { type: 'cache_point', ttl: this.#ttl(control.ttl) }];
  }

  #block(block: AnyBlock): Block[] {
    switch (block.type) {
      case 'tool_use': {
        const { type, id, name, input } = block;
        return [{ type, id, name, input: jsonObject(input) }];
      }
      case 'tool_result': {
        const { type, tool_use_id: id, content, is_error } = block;
        const parts =
          typeof content === 'string' ? textOf(content) : (content ?? []).flatMap((part) => this.#part(part));
        return [{ type, id, content: parts, isError: is_error ?? undefined }];
      }
      case 'thinking':
        return [{ type: 'reasoning', text: block.thinking, signature: block.signature || undefined }];
      case 'redacted_thinking':
        return [{ type: 'redacted_reasoning', bytes: Buffer.from(block.data, 'base64') }];
      default:
        return this.#part(block);
    }
  }

  #part(block: z.infer<typeof ResultPart>): (TextBlock | ImageBlock | DocumentBlock)[] {
    switch (block.type) {
      case 'text':
        return textOf(block.text);
      case 'image':
        return [imageOf(block)];
      case 'document':
        return this.#document(block);
      case 'search_result':
        return textOf(searchResultText(block));
    }
  }

  /** The model reads the name, so it is a neutral one; what the caller calls the document is said before it. */
  #document({ source, title, context }: DocumentFields): (TextBlock | DocumentBlock)[] {
    this.#documents += 1;
    const name = `document-${this.#documents}`;
    const about = [title, context].filter((each) => each && /\S/.test(each));
    const document: DocumentBlock =
      source.type === 'base64'
        ? { type: 'document', format: 'pdf', name, bytes: Buffer.from(source.data, 'base64') }
        : { type: 'document', format: 'txt', name, bytes: Buffer.from(plainText(source)) };
    // Converse wants a text beside every document.
    return [{ type: 'text', text: [`${name}:`, ...about].join('\n') }, document];
  }
}

function plainText(source: Exclude<DocumentFields['source'], { type: 'base64' }>): string {
  if (source.type === 'text') return source.data;
  return typeof source.content === 'string'
    ? source.content
    : source.content.map(({ text }) => text).join('\n');
}

function searchResultText({ title, source, content }: SearchResultFields): string {
  return [title, source, ...content.map(({ text }) => text)].join('\n');
}

/** Bedrock refuses a text of white space alone. */
function textOf(text: string): TextBlock[] {
  return /\S/.test(text) ? [{ type: 'text', text }] : [];
}

function imageOf({ source }: z.infer<typeof ImageFields>): ImageBlock {
  const formats = {
    'image/png': 'png',
    'image/jpeg': 'jpeg',
    'image/gif': 'gif',
    'image/webp': 'webp',
  } as const;
  return { type: 'image', format: formats[source.media_type], bytes: Buffer.from(source.data, 'base64') };
}
