import { randomBytes } from 'node:crypto';
import { type AnswerBlock, type Citation, type Completion, toolInput } from '../model/answer.ts';

/** A block of a whole answer. */
export function contentOf(block: AnswerBlock): object {
  const text = block.deltas.join('');
  switch (block.kind) {
    case 'text':
      return block.citations
        ? { citationsContent: { content: [{ text }], citations: block.citations.map(citationOf) } }
        : { text };
    case 'tool':
      return { toolUse: { toolUseId: newToolUseId(), name: block.name, input: toolInput(block) } };
    case 'reasoning':
      return { reasoningContent: { reasoningText: { text, ...signatureIn(block) } } };
    case 'redacted':
      return { reasoningContent: { redactedContent: text } };
  }
}

export function newToolUseId(): string {
  return `tooluse_${randomBytes(16).toString('base64url')}`;
}

export function signatureIn({ signature }: { readonly signature?: string | undefined }): object {
  return signature === undefined ? {} : { signature };
}

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html */
export function citationOf({ title, text, documentIndex, location }: Citation): object {
  const { unit, start, end } = location;
  const kind = unit === 'page' ? 'documentPage' : 'documentChar';
  return { title, sourceContent: [{ text }], location: { [kind]: { documentIndex, start, end } } };
}

/** What Claude says beside what all models say; the only one of its fields that Converse does not have. */
export function responseFieldsOf({ stopSequence }: Completion, pointers: readonly string[]): object {
  return pointers.includes('/stop_sequence')
    ? { additionalModelResponseFields: { stop_sequence: stopSequence ?? null } }
    : {};
}
