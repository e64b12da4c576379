import type { Block, Prompt } from '../model/prompt.ts';

/** A block of a message, and its place as Claude names it: there, cache points are not blocks. */
export interface PlacedBlock {
  readonly block: Block;
  /** Index of its message. */
  readonly message: number;
  /** For example `messages.0.content.2`. */
  readonly place: string;
}

export function placedBlocks({ messages }: Pick<Prompt, 'messages'>): PlacedBlock[] {
  return messages.flatMap(({ content }, message) =>
    content
      .filter(({ type }) => type !== 'cache_point')
      .map((block, index) => ({ block, message, place: `messages.${message}.content.${index}` })),
  );
}

/** The first problem that a rule finds in the items. */
export function firstProblem<Item>(
  items: readonly Item[],
  rule: (item: Item, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const problem = rule(item, index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
