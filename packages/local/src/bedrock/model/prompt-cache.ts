import { createHash } from 'node:crypto';
import type { PromptCache as Facts } from '@org/models';
import type { InputTokens } from './answer.ts';
import type { CachePoint, Ttl } from './prompt.ts';

/** A piece of what the model reads, in its order: what it is, and how much. */
export interface Part {
  readonly identity: string;
  readonly tokens: number;
}

/** What a model takes of points up to which a prompt is kept. */
export type CachePoints = NonNullable<Facts['points']>;

const milliseconds: Readonly<Record<Ttl, number>> = { '5m': 5 * 60_000, '1h': 60 * 60_000 };

/**
 * Blocks before a cache point that are looked at for the end of a prefix that is kept.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html#prompt-caching-simplified
 */
const lookback = 20;

/**
 * What models keep of prompts. The longest prefix that is kept is read; what is between it and the last cache point is
 * written, each stretch for as long as the point at its end says. A use keeps a prefix for its time again.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export class PromptCache {
  readonly #now: () => number;
  /** By the digest of a prefix. */
  readonly #kept = new Map<string, { readonly ttl: Ttl; until: number }>();

  /** @param now Milliseconds since any fixed time. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Reads a prompt, and keeps of it what its cache points ask for.
   *
   * @param points What the model takes of them; nothing where it is left out.
   */
  read(
    modelId: string,
    prompt: readonly (Part | CachePoint)[],
    points: CachePoints | undefined,
  ): InputTokens {
    this.#forget();
    const { minimumTokens = Infinity, maximumTokens = Infinity } = points ?? {};
    const prefixes = prefixesOf(modelId, prompt).map((prefix) =>
      prefix.tokens < minimumTokens || prefix.tokens > maximumTokens ? { ...prefix, ttl: undefined } : prefix,
    );
    const all = prefixes.at(-1)?.tokens ?? 0;
    const used = prefixes
      .flatMap(({ ttl }, index) => (ttl ? prefixes.slice(Math.max(0, index - lookback), index + 1) : []))
      .filter(({ digest }) => this.#use(digest));
    const cacheReadTokens = Math.max(0, ...used.map(({ tokens }) => tokens));
    const cacheWriteTokens = { '5m': 0, '1h': 0 };
    let done = cacheReadTokens;
    for (const { digest, tokens, ttl } of prefixes) {
      if (!ttl || tokens <= done) continue;
      this.#kept.set(digest, { ttl, until: this.#now() + milliseconds[ttl] });
      cacheWriteTokens[ttl] += tokens - done;
      done = tokens;
    }
    return { inputTokens: all - done, cacheReadTokens, cacheWriteTokens };
  }

  /** Whether a prefix is kept; if so, for its time again. */
  #use(digest: string): boolean {
    const kept = this.#kept.get(digest);
    if (kept) kept.until = this.#now() + milliseconds[kept.ttl];
    return kept !== undefined;
  }

  #forget(): void {
    for (const [digest, { until }] of this.#kept) if (until <= this.#now()) this.#kept.delete(digest);
  }
}

/** Where a prompt could be cut, and how long what is before the cut is to be kept, if it is. */
interface Prefix {
  readonly digest: string;
  readonly tokens: number;
  readonly ttl: Ttl | undefined;
}

function prefixesOf(modelId: string, prompt: readonly (Part | CachePoint)[]): Prefix[] {
  const prefixes: Prefix[] = [];
  let digest = modelId;
  let tokens = 0;
  for (const part of prompt) {
    if ('ttl' in part) {
      const before = prefixes.pop();
      if (before) prefixes.push({ ...before, ttl: before.ttl ?? part.ttl });
      continue;
    }
    digest = createHash('sha256')
      .update(JSON.stringify([digest, part.identity]))
      .digest('base64');
    tokens += part.tokens;
    prefixes.push({ digest, tokens, ttl: undefined });
  }
  return prefixes;
}
