import type { ReplyEvent, TokenUsage } from '../call/reply.ts';
import { ProxyError } from '../proxy-error.ts';
import { interruptedCall } from './failure.ts';

/** The most requests of one call in flight at once. */
const mostAtOnce = 8;

/** The outcome of one request. */
interface Outcome {
  readonly events: readonly ReplyEvent[];
  readonly usage: TokenUsage | undefined;
  readonly error: ProxyError | undefined;
}

/**
 * Makes several requests of one call, some at a time, and passes on their events as one reply: in order, with their
 * total usage. After a failure no other request begins. Those in flight are read to their end, because their usage is
 * charged.
 *
 * @param requests Each is made by asking it for its first event, and fails only with a `ProxyError`.
 * @throws {ProxyError} The first failure; not billed only if none of the requests was.
 */
export async function* repliesTogether(
  requests: readonly AsyncIterable<ReplyEvent>[],
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent, void> {
  const outcomes = await outcomesOf(requests);
  const usage = outcomes.map((outcome) => outcome.usage).reduce(added, undefined);
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  const [first] = errors;
  if (first) {
    const unbilled = errors.length === outcomes.length && errors.every((error) => error.unbilled);
    throw unbilled ? first : interruptedCall(first, signal, { begun: true, usage });
  }
  const each = new Set<ReplyEvent['type']>(['stopped', 'throttled']);
  for (const { events } of outcomes) yield* events.filter(({ type }) => !each.has(type));
  if (usage) yield { type: 'usage', usage };
  const stopped = outcomes.at(-1)?.events.find(({ type }) => type === 'stopped');
  if (stopped) yield stopped;
}

async function outcomesOf(requests: readonly AsyncIterable<ReplyEvent>[]): Promise<Outcome[]> {
  const outcomes: Promise<Outcome>[] = [];
  const waiting = requests.values();
  let failed = false;
  const work = async () => {
    // All workers take from one iterator, so each request is made once, in order.
    for (const request of waiting) {
      const outcome = outcomeOf(request);
      outcomes.push(outcome);
      failed ||= (await outcome).error !== undefined;
      if (failed) return;
    }
  };
  await Promise.all(Array.from({ length: mostAtOnce }, work));
  return Promise.all(outcomes);
}

async function outcomeOf(request: AsyncIterable<ReplyEvent>): Promise<Outcome> {
  const events: ReplyEvent[] = [];
  let usage: TokenUsage | undefined;
  try {
    for await (const event of request) {
      if (event.type === 'usage') usage = event.usage;
      else events.push(event);
    }
    return { events, usage, error: undefined };
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
    return { events, usage, error };
  }
}

function added(before: TokenUsage | undefined, usage: TokenUsage | undefined): TokenUsage | undefined {
  if (before === undefined || usage === undefined) return before ?? usage;
  const sum = (one = 0, other = 0) => one + other;
  return {
    inputTokens: sum(before.inputTokens, usage.inputTokens),
    outputTokens: sum(before.outputTokens, usage.outputTokens),
    totalTokens: sum(before.totalTokens, usage.totalTokens),
    cacheReadTokens: sum(before.cacheReadTokens, usage.cacheReadTokens),
    cacheWriteTokens: sum(before.cacheWriteTokens, usage.cacheWriteTokens),
    cacheWrite1hTokens: sum(before.cacheWrite1hTokens, usage.cacheWrite1hTokens),
  };
}
