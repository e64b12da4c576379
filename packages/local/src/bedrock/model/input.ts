import { identityOf } from './identity.ts';
import { type Block, type CachePoint, currentTurn, type Prompt, type Tool } from './prompt.ts';
import type { Part } from './prompt-cache.ts';
import { type Reader, tokenize, tokensOf } from './tokens.ts';

/** What the model reads, in the order in which it does, and in which its cache keeps it: tools, system, messages. */
export function inputOf(prompt: Prompt, reader: Reader): (Part | CachePoint)[] {
  const { tools, system, messages, output, reasoning } = prompt;
  const part = (block: Block | Tool): Part | CachePoint =>
    block.type === 'cache_point' ? block : { identity: identityOf(block), tokens: tokensOf(block, reader) };
  return [
    ...tools.map(part),
    ...system.map(part),
    // To think in another way makes the cache forget the messages, and nothing before them.
    { identity: JSON.stringify(reasoning ?? 'off'), tokens: 0 },
    ...messages.flatMap(({ role, content }, index) => [
      { identity: role, tokens: 0 },
      ...content.filter((block) => isRead(block, index, prompt, reader)).map(part),
    ]),
    ...(output ? [{ identity: output.text, tokens: tokenize(output.text).length }] : []),
  ];
}

/**
 * Claude leaves out thoughts of earlier turns.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html#claude-messages-extended-thinking-caching-behavior
 */
function isRead({ type }: Block, message: number, prompt: Prompt, { isClaude }: Reader): boolean {
  const isThought = type === 'thinking' || type === 'redacted_thinking';
  return !(isClaude && isThought) || message >= currentTurn(prompt);
}

/** All tokens that the model reads, be they in its cache or not. */
export function inputTokensOf(prompt: Prompt, reader: Reader): number {
  return inputOf(prompt, reader).reduce((sum, part) => sum + ('tokens' in part ? part.tokens : 0), 0);
}
