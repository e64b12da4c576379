import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import type { NativeBody, NativeChunk } from './native-body.ts';
import type { PromptPart } from './prompt.ts';
import { type AnswerBlock, type Completion, signatureOf } from './simulated-model.ts';

const Block = z.looseObject({ type: z.string() });
const Content = z.union([z.string(), z.array(Block)]);

const MessagesRequest = z.looseObject({
  anthropic_version: z.literal('bedrock-2023-05-31'),
  max_tokens: z.int().check(z.minimum(1)),
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant']), content: Content }))
    .check(z.minLength(1)),
  system: z.optional(Content),
  stop_sequences: z.optional(z.array(z.string())),
  tools: z.optional(z.array(z.looseObject({}))),
  thinking: z.optional(z.looseObject({ type: z.string() })),
});

/**
 * Anthropic's Messages API. Blocks are read tolerantly: text is text, what is packed counts as so many tokens.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
export const claudeMessages: NativeBody = {
  readPrompt(modelId, body) {
    const request = z.safeParse(MessagesRequest, body).data;
    if (!request) return undefined;
    const { messages, system = [], tools = [], max_tokens, stop_sequences = [], thinking } = request;
    const last = messages.at(-1)?.content ?? '';
    return {
      modelId,
      question: partsOf(last).flatMap(textsOf).join(''),
      input: [
        ...tools.flatMap((tool) => [{ text: JSON.stringify(tool) }, ...pointAt(tool)]),
        ...partsOf(system),
        ...messages.flatMap(({ content }) => partsOf(content)),
      ],
      maxTokens: max_tokens,
      stop: stop_sequences,
      form: { kind: 'text' },
      thinks: thinking !== undefined && thinking.type !== 'disabled',
    };
  },

  answer: (completion) => ({
    ...message(),
    content: completion.blocks.map(contentOf),
    stop_reason: completion.stopReason,
    stop_sequence: null,
    usage: { ...inputUsage(completion), output_tokens: completion.outputTokens },
  }),

  chunks: (completion) => [
    silent({
      type: 'message_start',
      message: {
        ...message(),
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...inputUsage(completion), output_tokens: 1 },
      },
    }),
    ...completion.blocks.flatMap(blockChunks),
    silent({
      type: 'message_delta',
      delta: { stop_reason: completion.stopReason, stop_sequence: null },
      usage: { output_tokens: completion.outputTokens },
    }),
    silent({ type: 'message_stop' }),
  ],
};

function partsOf(content: z.infer<typeof Content>): PromptPart[] {
  if (typeof content === 'string') return [{ text: content }];
  return content.flatMap((block) => [
    block.type === 'image' || block.type === 'document' ? { tokens: 1000 } : { text: readable(block) },
    ...pointAt(block),
  ]);
}

function readable(block: z.infer<typeof Block>): string {
  return typeof block['text'] === 'string' ? block['text'] : JSON.stringify(block);
}

const textsOf = (part: PromptPart) => (typeof part === 'object' && 'text' in part ? [part.text] : []);

function pointAt(block: Readonly<Record<string, unknown>>): PromptPart[] {
  return block['cache_control'] ? ['cache point'] : [];
}

function message() {
  return {
    id: `msg_bdrk_${randomBytes(12).toString('hex')}`,
    type: 'message',
    role: 'assistant',
    model: 'claude',
  };
}

function inputUsage({ inputTokens, cacheReadTokens, cacheWriteTokens }: Completion) {
  return {
    input_tokens: inputTokens,
    cache_read_input_tokens: cacheReadTokens,
    cache_creation_input_tokens: cacheWriteTokens,
  };
}

function contentOf(block: AnswerBlock): object {
  const text = block.deltas.join('');
  switch (block.kind) {
    case 'text':
      return { type: 'text', text };
    case 'reasoning':
      return { type: 'thinking', thinking: text, signature: signatureOf(text) };
    case 'redacted':
      return { type: 'redacted_thinking', data: text };
    case 'tool':
      return { type: 'tool_use', id: newToolId(), name: block.name, input: JSON.parse(text) };
  }
}

function newToolId(): string {
  return `toolu_bdrk_${randomBytes(12).toString('hex')}`;
}

/** What is in a block before its first piece. */
function beginningOf(block: AnswerBlock): object {
  switch (block.kind) {
    case 'text':
      return { type: 'text', text: '' };
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'redacted':
      return { type: 'redacted_thinking', data: block.deltas[0] };
    case 'tool':
      return { type: 'tool_use', id: newToolId(), name: block.name, input: {} };
  }
}

function blockChunks(block: AnswerBlock, index: number): NativeChunk[] {
  const delta = (content: object) => ({ type: 'content_block_delta', index, delta: content });
  const pieces: readonly string[] = block.kind === 'redacted' ? [] : block.deltas;
  const signature = { type: 'signature_delta', signature: signatureOf(pieces.join('')) };
  return [
    silent({ type: 'content_block_start', index, content_block: beginningOf(block) }),
    ...pieces.map((piece) => ({ content: delta(pieceOf(block.kind, piece)), isDelta: true })),
    ...(block.kind === 'reasoning' ? [silent(delta(signature))] : []),
    silent({ type: 'content_block_stop', index }),
  ];
}

function pieceOf(kind: AnswerBlock['kind'], piece: string): object {
  switch (kind) {
    case 'tool':
      return { type: 'input_json_delta', partial_json: piece };
    case 'reasoning':
      return { type: 'thinking_delta', thinking: piece };
    default:
      return { type: 'text_delta', text: piece };
  }
}

function silent(content: object): NativeChunk {
  return { content, isDelta: false };
}
