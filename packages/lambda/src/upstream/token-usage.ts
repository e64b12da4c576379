import type { ReplyEvent } from '../call/reply.ts';
import type { Json } from '../json.ts';
import { malformedReply } from './failure.ts';

/** What an answer says of its tokens, as JSON has it. */
interface Counts {
  readonly input: Json | undefined;
  readonly output: Json | undefined;
  readonly total?: Json | undefined;
  readonly cacheRead?: Json | undefined;
  readonly cacheWrite?: Json | undefined;
}

/**
 * The event of what a call took; none while it is not known.
 *
 * @throws {ProxyError} Where a number is not one of tokens: what is said here is charged.
 */
export function usageOf({ input, output, total, cacheRead, cacheWrite }: Counts): ReplyEvent[] {
  const [inputTokens, outputTokens] = [count(input), count(output)];
  if (inputTokens === undefined || outputTokens === undefined) return [];
  const [cacheReadTokens, cacheWriteTokens] = [count(cacheRead), count(cacheWrite)];
  const sum = inputTokens + outputTokens + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const usage = {
    inputTokens,
    outputTokens,
    totalTokens: count(total) ?? sum,
    cacheReadTokens,
    cacheWriteTokens,
  };
  return [{ type: 'usage', usage }];
}

/** `null` is how some models say that they do not know yet. */
function count(tokens: Json | undefined): number | undefined {
  if (tokens === undefined || tokens === null) return undefined;
  if (typeof tokens !== 'number' || !Number.isSafeInteger(tokens) || tokens < 0) throw malformedReply();
  return tokens;
}
