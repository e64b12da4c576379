import type { AnswerBlock, Completion } from '../../model/answer.ts';
import type { AdmittedModel } from '../../model-access.ts';
import type { NativeBody, NativeChunk } from '../native-body.ts';
import { beginningOf, citationOf, contentOf, inputUsage, messageFrame } from './answer.ts';
import { readMessages } from './request.ts';

/**
 * Anthropic's Messages API.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
export const claudeMessages: NativeBody = {
  readPrompt: readMessages,

  answer: (completion, model) => ({
    ...messageFrame(model),
    content: completion.blocks.map(contentOf),
    ...stopFields(completion),
    usage: { ...inputUsage(completion), output_tokens: completion.outputTokens },
  }),

  chunks: (completion, model) => [
    silent({ type: 'message_start', message: beginning(completion, model) }),
    ...completion.blocks.flatMap(blockChunks),
    silent({
      type: 'message_delta',
      delta: stopFields(completion),
      usage: { output_tokens: completion.outputTokens },
    }),
    silent({ type: 'message_stop' }),
  ],
};

function beginning(completion: Completion, model: AdmittedModel): object {
  return {
    ...messageFrame(model),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...inputUsage(completion), output_tokens: 1 },
  };
}

function stopFields({ stopReason, stopSequence }: Completion): object {
  return { stop_reason: stopReason, stop_sequence: stopSequence ?? null };
}

function blockChunks(block: AnswerBlock, index: number): NativeChunk[] {
  const delta = (content: object) => ({ type: 'content_block_delta', index, delta: content });
  const pieces: readonly string[] = block.kind === 'redacted' ? [] : block.deltas;
  return [
    silent({ type: 'content_block_start', index, content_block: beginningOf(block) }),
    ...pieces.map((piece) => ({ content: delta(pieceDelta(block.kind, piece)), isDelta: true })),
    ...lastDeltas(block).map((last) => silent(delta(last))),
    silent({ type: 'content_block_stop', index }),
  ];
}

function pieceDelta(kind: AnswerBlock['kind'], piece: string): object {
  switch (kind) {
    case 'tool':
      return { type: 'input_json_delta', partial_json: piece };
    case 'reasoning':
      return { type: 'thinking_delta', thinking: piece };
    default:
      return { type: 'text_delta', text: piece };
  }
}

/** The deltas at the end of a block: its signature, or its citations. */
function lastDeltas(block: AnswerBlock): object[] {
  if (block.kind === 'reasoning') return [{ type: 'signature_delta', signature: block.signature }];
  const citations = (block.kind === 'text' && block.citations) || [];
  return citations.map((citation) => ({ type: 'citations_delta', citation: citationOf(citation) }));
}

function silent(content: object): NativeChunk {
  return { content, isDelta: false };
}
