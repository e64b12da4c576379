import type { Reasoning as Facts } from '@org/models';
import { signatureOf } from '../model/identity.ts';
import { currentTurn, type Prompt, type Reasoning } from '../model/prompt.ts';
import { firstProblem, placedBlocks } from './place.ts';

/**
 * Claude's problem with the request's thinking settings, or with the thoughts that a conversation repeats.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 */
export function thinkingProblem(prompt: Prompt, facts: Facts | undefined): string | undefined {
  const { reasoning } = prompt;
  const excludes = new Set(facts?.excludes);
  const asked =
    reasoning === undefined || reasoning === 'off'
      ? undefined
      : (budgetProblem(reasoning, prompt) ??
        samplingProblem(prompt, excludes) ??
        choiceProblem(prompt, excludes));
  return asked ?? signatureProblem(prompt) ?? turnProblem(prompt);
}

type Excludes = ReadonlySet<Facts['excludes'][number]>;

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html#claude-messages-extended-thinking-bps */
function budgetProblem(reasoning: Reasoning, { maxTokens }: Prompt): string | undefined {
  if (reasoning.kind !== 'signed' || reasoning.budget === undefined) return undefined;
  if (reasoning.budget < 1024) {
    return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
  }
  return reasoning.budget >= maxTokens && !reasoning.interleaved
    ? '`max_tokens` must be greater than `thinking.budget_tokens`.'
    : undefined;
}

function samplingProblem({ temperature, topP, topK }: Prompt, excludes: Excludes): string | undefined {
  const when = 'when thinking is enabled or in adaptive mode.';
  if (excludes.has('temperature') && temperature !== undefined && temperature !== 1)
    return `\`temperature\` may only be set to 1 ${when}`;
  if (excludes.has('topP') && topP !== undefined && topP < 0.95)
    return `\`top_p\` must be greater than or equal to 0.95 or unset ${when}`;
  return topK === undefined ? undefined : `\`top_k\` must be unset ${when}`;
}

function choiceProblem({ toolChoice }: Prompt, excludes: Excludes): string | undefined {
  return !excludes.has('forcedTools') || toolChoice === 'auto' || toolChoice === 'none'
    ? undefined
    : 'Thinking may not be enabled when tool_choice forces tool use.';
}

function signatureProblem(prompt: Prompt): string | undefined {
  return firstProblem(placedBlocks(prompt), ({ block, message, place }) => {
    if (block.type !== 'thinking') return undefined;
    if (block.signature === undefined) return `${place}.thinking.signature: Field required`;
    return block.signature === signatureOf(block.text, prompt.messages.slice(0, message))
      ? undefined
      : `${place}: Invalid \`signature\` in \`thinking\` block`;
  });
}

/** During a tool loop, Claude continues the thoughts that it began with. */
function turnProblem(prompt: Prompt): string | undefined {
  const { reasoning, messages } = prompt;
  const turn = placedBlocks(prompt).filter(
    ({ message }) => message >= currentTurn(prompt) && messages[message]?.role === 'assistant',
  );
  if (reasoning === 'off') {
    const thought = turn.find(({ block }) => isThought(block.type));
    return (
      thought &&
      `${thought.place}: When thinking is disabled, an \`assistant\` message in the final position cannot contain ` +
        '`thinking`. To use thinking blocks, enable `thinking` in your request.'
    );
  }
  if (reasoning?.kind !== 'signed' || reasoning.budget === undefined) return undefined;
  const first = turn.find(({ message }) => message === turn.at(-1)?.message);
  return first && !isThought(first.block.type)
    ? `${first.place}.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first.block.type}\`. When ` +
        '`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost ' +
        'set of `tool_use` and `tool_result` blocks).'
    : undefined;
}

function isThought(type: string): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}
