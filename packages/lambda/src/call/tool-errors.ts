import type { ModelDefinition } from '@org/models';
import type { Message, ToolResultBlock } from './call.ts';

/**
 * Models that Bedrock tells whether a tool failed.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultBlock.html
 */
const told = /^(anthropic\.claude|amazon\.nova)/;

/** Says in words that a tool failed, to models that take no status of a result. */
export function sayToolErrors(
  messages: readonly Message[],
  { modelId }: ModelDefinition,
): readonly Message[] {
  if (told.test(modelId)) return messages;
  return messages.map(({ blocks, ...message }) => ({
    ...message,
    blocks: blocks.map((block) => (block.type === 'tool_result' ? inWords(block) : block)),
  }));
}

function inWords({ isError, content, ...result }: ToolResultBlock): ToolResultBlock {
  return { ...result, content: isError ? [{ type: 'text', text: 'The tool failed.' }, ...content] : content };
}
