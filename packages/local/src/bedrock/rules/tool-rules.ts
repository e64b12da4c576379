import type { ToolChoiceKind } from '@org/models';
import type { Message, Prompt, ToolResult } from '../model/prompt.ts';
import { toolsOf } from '../model/prompt.ts';
import { firstProblem, placedBlocks } from './place.ts';

/**
 * Claude's problem with the tool calls of a conversation, or with their results.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-tool-use.html
 */
export function toolProblem(prompt: Prompt, choices: readonly ToolChoiceKind[]): string | undefined {
  return (
    nameProblem(prompt) ??
    choiceProblem(prompt, choices) ??
    idProblem(prompt) ??
    firstProblem(prompt.messages, (message, index) =>
      missingResults(message, prompt.messages[index + 1], index),
    ) ??
    strayResult(prompt)
  );
}

function nameProblem(prompt: Prompt): string | undefined {
  const names = toolsOf(prompt).map(({ name }) => name);
  if (new Set(names).size < names.length) return 'tools: Tool names must be unique.';
  const { toolChoice } = prompt;
  return typeof toolChoice === 'object' && !names.includes(toolChoice.name)
    ? `Tool '${toolChoice.name}' not found in provided tools`
    : undefined;
}

function choiceProblem({ toolChoice }: Prompt, choices: readonly ToolChoiceKind[]): string | undefined {
  const isForced = toolChoice === 'any' || typeof toolChoice === 'object';
  return isForced && !choices.includes(toolChoice === 'any' ? 'required' : 'named')
    ? 'tool_choice: type "tool" and "any" are not supported for this model.'
    : undefined;
}

function idProblem(prompt: Prompt): string | undefined {
  const seen = new Set<string>();
  return firstProblem(placedBlocks(prompt), ({ block, place }) => {
    if (block.type !== 'tool_use') return undefined;
    const known = seen.has(block.id);
    seen.add(block.id);
    return known ? `${place}: \`tool_use\` ids must be unique` : undefined;
  });
}

/** Only the results at the start of the next message count. */
function missingResults(message: Message, next: Message | undefined, index: number): string | undefined {
  const following = (next?.content ?? []).filter(({ type }) => type !== 'cache_point');
  const other = following.findIndex(({ type }) => type !== 'tool_result');
  const leading = other < 0 ? following : following.slice(0, other);
  const missing = callsIn(message).filter((id) => !resultsIn(leading).some((result) => result.id === id));
  return missing.length === 0
    ? undefined
    : `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
        `${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
}

function strayResult(prompt: Prompt): string | undefined {
  return firstProblem(placedBlocks(prompt), ({ block, message, place }) => {
    if (block.type !== 'tool_result') return undefined;
    const before = prompt.messages[message - 1];
    if (before && callsIn(before).includes(block.id)) return undefined;
    return (
      `${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.id}. ` +
      'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.'
    );
  });
}

function callsIn({ content }: Message): string[] {
  return content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
}

function resultsIn(blocks: Message['content']): ToolResult[] {
  return blocks.filter((block) => block.type === 'tool_result');
}
