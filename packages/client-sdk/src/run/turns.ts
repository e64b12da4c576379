import type { AnswerBlock, Block, Message, ToolUseBlock } from '@org/contract';
import type { Answer } from '../answer/answer.ts';

/** The calls of tools in an answer or a turn. */
export function toolCalls(content: string | readonly Block[]): ToolUseBlock[] {
  return typeof content === 'string' ? [] : content.filter((block) => block.type === 'tool_use');
}

/** Stop reasons after which a turn is not sent again: the filter would stop every later call that has it. */
const filtered = ['guardrail_intervened', 'content_filtered'];

/**
 * The turns of a question and its answer, as they can be sent again; `undefined` if the answer cannot. Models refuse a turn
 * without anything, of thoughts alone, or with a text that is empty.
 */
export function answeredTurns(
  question: string | Block[],
  answer: Pick<Answer, 'content' | 'stopReason'>,
): [Message, Message] | undefined {
  const content = answer.content.filter((block) => block.type !== 'text' || /\S/.test(block.text));
  return content.some(saysSomething) && !filtered.includes(answer.stopReason)
    ? [
        { role: 'user', content: question },
        { role: 'assistant', content },
      ]
    : undefined;
}

function saysSomething({ type }: AnswerBlock): boolean {
  return type === 'text' || type === 'tool_use';
}
