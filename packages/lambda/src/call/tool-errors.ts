import type { ModelDefinition } from '@org/models';
import type { Message, ToolResultBlock } from './call.ts';

/**
 * Models that receive a tool's status from Bedrock.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultBlock.html
 */
const receivesStatus = /^(anthropic\.claude|amazon\.nova)/;

/**
 * Says in words that a tool failed: to models that do not receive a status, and if the result is empty, because Bedrock
 * refuses an empty failure.
 */
export function sayToolErrors(
  messages: readonly Message[],
  { modelId }: ModelDefinition,
): readonly Message[] {
  const isTold = receivesStatus.test(modelId);
  return messages.map(({ blocks, ...message }) => ({
    ...message,
    blocks: blocks.map((block) => (block.type === 'tool_result' ? inWords(block, isTold) : block)),
  }));
}

function inWords({ isError, content, ...result }: ToolResultBlock, isTold: boolean): ToolResultBlock {
  const saysNothing = !isTold || content.length === 0;
  return {
    ...result,
    content: isError && saysNothing ? [{ type: 'text', text: 'The tool failed.' }, ...content] : content,
    ...(isTold && { isError }),
  };
}
