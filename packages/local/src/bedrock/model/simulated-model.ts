import { BedrockException, invalid } from '../exception.ts';
import type { AnswerBlock, Completion, ScriptedAnswer } from './answer.ts';
import { signatureOf } from './identity.ts';
import { inputOf, inputTokensOf } from './input.ts';
import type { Prompt } from './prompt.ts';
import type { CachePoints, PromptCache } from './prompt-cache.ts';
import { ownAnswer, scriptedAnswer } from './script.ts';
import type { Reader } from './tokens.ts';

/** What of a model its answers depend on. */
export interface SimulatedModel extends Reader {
  /** The most tokens that input and output can have together. */
  readonly contextTokens?: number | undefined;
  /** What of a prompt it keeps where it is asked to; nothing where it is left out. */
  readonly cachePoints?: CachePoints | undefined;
}

/**
 * Answers a prompt, by its script or by a test's, within the token limit and the context window.
 *
 * @throws {BedrockException} Where the prompt alone fills the window.
 */
export function complete(
  prompt: Prompt,
  model: SimulatedModel,
  cache: PromptCache,
  script?: ScriptedAnswer,
): Completion {
  const room = (model.contextTokens ?? Number.POSITIVE_INFINITY) - inputTokensOf(prompt, model);
  if (room <= 0) throw tooLong(prompt);
  const draft = script ? scriptedAnswer(prompt, script) : ownAnswer(prompt);
  const most = Math.min(prompt.maxTokens, room);
  const tokens = lengthOf(draft.blocks);
  const blocks = cut(draft.blocks, most);
  return {
    ...draft,
    blocks: model.isClaude ? blocks.map((block) => signed(block, prompt)) : blocks,
    ...(tokens > most && {
      stopReason: most < prompt.maxTokens ? 'model_context_window_exceeded' : 'max_tokens',
      stopSequence: undefined,
    }),
    ...cache.read(prompt.modelId, inputOf(prompt, model), model.cachePoints),
    outputTokens: Math.min(tokens, most),
  };
}

/** Nova counts where it runs, and refuses in the stream that it was about to write. */
function tooLong({ modelId }: Prompt): BedrockException {
  return modelId.includes('amazon.nova')
    ? new BedrockException(
        'ValidationException',
        'Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.',
        true,
      )
    : invalid('Input is too long for requested model.');
}

function signed(block: AnswerBlock, { messages }: Prompt): AnswerBlock {
  return block.kind === 'reasoning'
    ? { ...block, signature: signatureOf(block.deltas.join(''), messages) }
    : block;
}

function lengthOf(blocks: readonly AnswerBlock[]): number {
  return blocks.reduce((sum, { deltas }) => sum + deltas.length, 0);
}

/** As much of an answer as it may have tokens. What was not said whole is quoted from nowhere. */
function cut(blocks: readonly AnswerBlock[], maxTokens: number): AnswerBlock[] {
  return blocks.flatMap((block, index): AnswerBlock[] => {
    const left = maxTokens - lengthOf(blocks.slice(0, index));
    if (block.deltas.length <= left) return [block];
    if (left <= 0 || block.kind === 'redacted') return [];
    const deltas = block.deltas.slice(0, left);
    return [block.kind === 'text' ? { kind: 'text', deltas } : { ...block, deltas }];
  });
}
