import { allInputTokens } from '@org/models';
import type { ReplyEvent } from '../call/reply.ts';
import type { Json } from '../json.ts';
import { malformedReply } from './failure.ts';

/** What an answer says of its tokens, as JSON has it. */
interface Counts {
  readonly input: Json | undefined;
  readonly output: Json | undefined;
  readonly total?: Json | undefined;
  readonly cacheRead?: Json | undefined;
  /** Written to a cache, however long it keeps it. */
  readonly cacheWrite?: Json | undefined;
  /** Of these, written for an hour. */
  readonly cacheWrite1h?: Json | undefined;
}

/**
 * The event of what a call took; none while it is not known.
 *
 * @throws {ProxyError} Where a number is not one of tokens: what is said here is charged.
 */
export function usageOf({ input, output, total, cacheRead, cacheWrite, cacheWrite1h }: Counts): ReplyEvent[] {
  const [inputTokens, outputTokens] = [count(input), count(output)];
  if (inputTokens === undefined || outputTokens === undefined) return [];
  const [cacheReadTokens, written, cacheWrite1hTokens] = [
    ...[count(cacheRead), count(cacheWrite), count(cacheWrite1h)],
  ];
  const cacheWriteTokens = written && Math.max(0, written - (cacheWrite1hTokens ?? 0));
  const billed = { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens };
  const totalTokens = count(total) ?? allInputTokens(billed) + outputTokens;
  return [{ type: 'usage', usage: { ...billed, totalTokens } }];
}

/** `null` is how some models say that they do not know yet. */
function count(tokens: Json | undefined): number | undefined {
  if (tokens === undefined || tokens === null) return undefined;
  if (typeof tokens !== 'number' || !Number.isSafeInteger(tokens) || tokens < 0) throw malformedReply();
  return tokens;
}
