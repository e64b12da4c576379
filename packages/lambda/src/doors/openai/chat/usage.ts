import { allInputTokens, type BilledTokens } from '@org/models';

/**
 * What an answer took, in the words of OpenAI's APIs: there a prompt's tokens include those of a cache. Which tokens of
 * the answer are thoughts, Bedrock does not say.
 */
export function chatUsage(usage: BilledTokens) {
  const { outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0, cacheWrite1hTokens = 0 } = usage;
  const inputTokens = allInputTokens(usage);
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: {
      cached_tokens: cacheReadTokens,
      cache_write_tokens: cacheWriteTokens + cacheWrite1hTokens,
    },
  };
}
