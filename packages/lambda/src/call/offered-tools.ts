import { invalidField } from '../proxy-error.ts';
import type { Block, ChatCall, Message, ModelChatCall, ToolResultBlock, ToolUseBlock } from './call.ts';

/**
 * The tools that a model is offered, and the messages beside them. Converse has no way to forbid tools, and without
 * tools it refuses the calls and results of earlier turns. So a model that may call none reads them as text. Thoughts
 * are then left out, because Claude refuses a thought after changed tools or turns.
 *
 * @throws {ProxyError} `invalid_request` for a result without a call.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-thinking-block-binding.html
 */
export function offeredTools({
  messages,
  tools,
  toolChoice,
}: Pick<ChatCall, 'messages' | 'tools' | 'toolChoice'>): Pick<
  ModelChatCall,
  'messages' | 'tools' | 'toolChoice'
> {
  if (tools !== undefined && toolChoice !== 'none') return { messages, tools, toolChoice };
  if (tools === undefined && !messages.some(({ blocks }) => blocks.some(isOfTool))) return { messages };
  const names = new Map<string, string>();
  return { messages: messages.map((message) => inText(message, names)) };
}

function isOfTool({ type }: Block): boolean {
  return type === 'tool_use' || type === 'tool_result';
}

/** @param names Of tools, by the ids of their calls so far. */
function inText({ role, blocks }: Message, names: Map<string, string>): Message {
  return {
    role,
    blocks: blocks.flatMap((block): readonly Block[] => {
      switch (block.type) {
        case 'tool_use':
          names.set(block.id, block.name);
          return [callInText(block)];
        case 'tool_result':
          return resultInText(block, names.get(block.id));
        case 'reasoning':
        case 'redacted_reasoning':
          return [];
        default:
          return [block];
      }
    }),
  };
}

function callInText({ name, input }: ToolUseBlock): Block {
  return { type: 'text', text: `[Called ${name} with ${JSON.stringify(input)}]` };
}

function resultInText({ content, isError }: ToolResultBlock, name: string | undefined): Block[] {
  if (name === undefined) throw invalidField('messages', 'must have a tool result only after its tool call');
  return [
    { type: 'text', text: `[${name} ${isError ? 'failed' : 'returned'}:]` },
    ...content.flatMap((block): Block[] => {
      if (block.type === 'json') return [{ type: 'text', text: JSON.stringify(block.json) }];
      // Bedrock refuses an empty text outside of a result.
      return block.type === 'text' && !/\S/.test(block.text) ? [] : [block];
    }),
  ];
}
