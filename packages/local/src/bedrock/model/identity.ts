import { createHash } from 'node:crypto';
import type { Block, Message, Tool } from './prompt.ts';

/** The same for the same content, and for no other. */
export function identityOf(block: Block | Tool): string {
  switch (block.type) {
    case 'image':
    case 'document': {
      const { bytes, ...rest } = block;
      return JSON.stringify([rest, createHash('sha256').update(bytes).digest('base64')]);
    }
    case 'tool_result':
      return JSON.stringify([block.type, block.id, block.content.map(identityOf)]);
    default:
      return JSON.stringify(block);
  }
}

/** How alike two conversations are, as far as a signature binds a thought to one: thoughts may be left out of it. */
function identityOfConversation(messages: readonly Message[]): string {
  const unbound = new Set<Block['type']>(['thinking', 'redacted_thinking', 'cache_point']);
  return JSON.stringify(
    messages.map(({ role, content }) => [
      role,
      content.filter(({ type }) => !unbound.has(type)).map(identityOf),
    ]),
  );
}

/**
 * The signature of a thought. It must come back as it was, after the messages that it came after.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html
 */
export function signatureOf(thought: string, messagesBefore: readonly Message[]): string {
  return createHash('sha256')
    .update(JSON.stringify(['simulated', thought, identityOfConversation(messagesBefore)]))
    .digest('base64');
}
