import { randomBytes } from 'node:crypto';
import { type AnswerBlock, type Citation, type Completion, toolInput } from '../../model/answer.ts';
import type { AdmittedModel } from '../../model-access.ts';

/** Fields of every answer, whatever its content. */
export function messageFrame({ modelId }: AdmittedModel): object {
  const model = modelId.replace(/^.*anthropic\./, '').replace(/-v\d+(?::\d+)?$/, '');
  return { id: `msg_bdrk_${randomBytes(12).toString('hex')}`, type: 'message', role: 'assistant', model };
}

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html#claude-messages-thinking-block-clearing */
export function inputUsage({ inputTokens, cacheReadTokens, cacheWriteTokens }: Completion): object {
  const { '5m': short, '1h': long } = cacheWriteTokens;
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: short + long,
    cache_read_input_tokens: cacheReadTokens,
    cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
  };
}

/** A block of a complete answer. */
export function contentOf(block: AnswerBlock): object {
  const text = block.deltas.join('');
  switch (block.kind) {
    case 'text':
      return { type: 'text', text, ...(block.citations && { citations: block.citations.map(citationOf) }) };
    case 'reasoning':
      return { type: 'thinking', thinking: text, signature: block.signature };
    case 'redacted':
      return { type: 'redacted_thinking', data: text };
    case 'tool':
      return { type: 'tool_use', id: newToolId(), name: block.name, input: toolInput(block) };
  }
}

/** A block before its first piece. */
export function beginningOf(block: AnswerBlock): object {
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

/** @see https://platform.claude.com/docs/en/build-with-claude/citations */
export function citationOf({ title, text, documentIndex, location }: Citation): object {
  const { unit, start, end } = location;
  return {
    ...{ cited_text: text, document_index: documentIndex, document_title: title },
    ...(unit === 'page'
      ? { type: 'page_location', start_page_number: start, end_page_number: end }
      : { type: 'char_location', start_char_index: start, end_char_index: end }),
  };
}

function newToolId(): string {
  return `toolu_bdrk_${randomBytes(12).toString('hex')}`;
}
