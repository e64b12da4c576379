import { allInputTokens } from '@org/models';
import type { ReplyEvent } from '../call/reply.ts';
import type { Json } from '../json.ts';
import { malformedReply } from './failure.ts';

/** An answer's token counts, as in its JSON. */
interface Counts {
  readonly input: Json | undefined;
  readonly output: Json | undefined;
  readonly total?: Json | undefined;
  readonly cacheRead?: Json | undefined;
  /** Written to a cache, for any duration. */
  readonly cacheWrite?: Json | undefined;
  /** The part written for an hour. */
  readonly cacheWrite1h?: Json | undefined;
}

/**
 * The event of a call's usage; none while the usage is not known.
 *
 * @throws {ProxyError} If a number is not a count of tokens, because these numbers are charged.
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

/** Some models send `null` for a count that is not known yet. */
function count(tokens: Json | undefined): number | undefined {
  if (tokens === undefined || tokens === null) return undefined;
  if (typeof tokens !== 'number' || !Number.isSafeInteger(tokens) || tokens < 0) throw malformedReply();
  return tokens;
}
