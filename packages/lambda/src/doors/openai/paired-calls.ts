import type { Block, Message } from '../../call/call.ts';

/** A call without its tool's result, or a result without its call. */
export interface Unpaired {
  readonly block: Block;
  /** The fault, in words that follow its name. */
  readonly message: string;
}

/**
 * Finds faults that Bedrock refuses without a reason: the one message after a call must answer each call and no other.
 *
 * @param messages In turns.
 */
export function unpairedBlock(messages: readonly Message[]): Unpaired | undefined {
  for (const [index, { blocks }] of messages.entries()) {
    const called = idsOf('tool_use', messages[index - 1]);
    const returned = idsOf('tool_result', messages[index + 1]);
    for (const block of blocks) {
      if (block.type === 'tool_use' && !returned.has(block.id)) {
        return { block, message: 'is a tool call without an output in the next turn' };
      }
      if (block.type === 'tool_result' && !called.has(block.id)) {
        return { block, message: 'is an output without a tool call in the turn before' };
      }
    }
  }
  return undefined;
}

function idsOf(type: 'tool_use' | 'tool_result', message: Message | undefined): ReadonlySet<string> {
  return new Set(message?.blocks.flatMap((block) => (block.type === type ? block.id : [])));
}
