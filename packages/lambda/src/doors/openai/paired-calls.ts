import type { Block, Message } from '../../call/call.ts';

/** A call without what its tool returned, or the other way round. */
export interface Unpaired {
  readonly block: Block;
  /** What is wrong, in words that follow its name. */
  readonly message: string;
}

/**
 * Finds what Bedrock refuses without a word of why: each call is answered in the one message after it, and nothing else is.
 *
 * @param messages In turns.
 */
export function unpairedBlock(messages: readonly Message[]): Unpaired | undefined {
  for (const [index, { blocks }] of messages.entries()) {
    const called = idsOf('tool_use', messages[index - 1]);
    const returned = idsOf('tool_result', messages[index + 1]);
    for (const block of blocks) {
      if (block.type === 'tool_use' && !returned.has(block.id)) {
        return { block, message: 'is a call of a tool without an output in the turn after it' };
      }
      if (block.type === 'tool_result' && !called.has(block.id)) {
        return { block, message: 'is an output without a call of the tool in the turn before it' };
      }
    }
  }
  return undefined;
}

function idsOf(type: 'tool_use' | 'tool_result', message: Message | undefined): ReadonlySet<string> {
  return new Set(message?.blocks.flatMap((block) => (block.type === type ? block.id : [])));
}
