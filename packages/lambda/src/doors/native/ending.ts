import type { Answer } from '@org/contract';
import type { Finished } from '../../call/ask.ts';

/** A call's usage, and the rest of its limits. */
export function endingOf({
  usage,
  costUsd,
  limits,
  warnings,
}: Finished): Required<Pick<Answer, 'usage' | 'limits' | 'warnings'>> {
  const { inputTokens, outputTokens, totalTokens } = usage;
  const { cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens } = usage;
  return {
    usage: {
      inputTokens,
      outputTokens,
      totalTokens,
      cacheReadTokens,
      cacheWriteTokens,
      cacheWrite1hTokens,
      costUsd,
    } satisfies Required<Answer['usage']>,
    limits: [...limits],
    warnings: warnings.length > 0 ? [...warnings] : undefined,
  };
}
