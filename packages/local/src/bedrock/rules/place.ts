import type { Block, Prompt } from '../model/prompt.ts';

/** A block of a message, and where it is, as Claude says it: cache points are no blocks of their own there. */
export interface PlacedBlock {
  readonly block: Block;
  /** Of its message. */
  readonly message: number;
  /** Such as `messages.0.content.2`. */
  readonly place: string;
}

export function placedBlocks({ messages }: Pick<Prompt, 'messages'>): PlacedBlock[] {
  return messages.flatMap(({ content }, message) =>
    content
      .filter(({ type }) => type !== 'cache_point')
      .map((block, index) => ({ block, message, place: `messages.${message}.content.${index}` })),
  );
}

/** The first problem that a rule finds in any of these. */
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
