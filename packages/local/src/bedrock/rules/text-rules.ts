import type { Prompt } from '../model/prompt.ts';
import { firstProblem, placedBlocks } from './place.ts';

/** Claude's problem with empty and blank texts. */
export function textProblem(prompt: Prompt): string | undefined {
  const texts = placedBlocks(prompt).map(({ block }) => block);
  return (
    firstProblem(prompt.system, (block) =>
      block.type === 'text' ? blank(block.text, 'system') : undefined,
    ) ??
    firstProblem(texts, (block) => {
      if (block.type === 'text') return blank(block.text, 'messages');
      const isEmpty = block.type === 'tool_result' && block.content.some((content) => isEmptyText(content));
      return isEmpty ? empty('messages') : undefined;
    }) ??
    firstProblem(prompt.stop, (stop) =>
      /\S/.test(stop) ? undefined : 'stop_sequences: each stop sequence must contain non-whitespace',
    )
  );
}

function blank(text: string, where: string): string | undefined {
  if (text === '') return empty(where);
  return /\S/.test(text) ? undefined : `${where}: text content blocks must contain non-whitespace text`;
}

function empty(where: string): string {
  return `${where}: text content blocks must be non-empty`;
}

function isEmptyText(block: { readonly type: string; readonly text?: string }): boolean {
  return block.type === 'text' && block.text === '';
}
