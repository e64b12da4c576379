import type { Completion } from '../model/answer.ts';

/**
 * What a call took. What is read from the cache or written to it is not part of `inputTokens`.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export function usageOf(completion: Completion): object {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = completion;
  const written = cacheWriteTokens['5m'] + cacheWriteTokens['1h'];
  const details = (['1h', '5m'] as const)
    .filter((ttl) => cacheWriteTokens[ttl] > 0)
    .map((ttl) => ({ ttl, inputTokens: cacheWriteTokens[ttl] }));
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens + cacheReadTokens + written,
    ...(cacheReadTokens + written > 0 && {
      cacheReadInputTokens: cacheReadTokens,
      cacheWriteInputTokens: written,
      ...(details.length > 0 && { cacheDetails: details }),
    }),
  };
}
