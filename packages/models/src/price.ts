import * as z from 'zod/mini';

/** USD per million tokens. */
export interface Price {
  /** Input tokens. */
  readonly input: number;
  /** Output tokens. */
  readonly output: number;
  /** Input tokens read from a prompt cache. Default: the price of input. */
  readonly cacheRead?: number | undefined;
  /** Input tokens written to a prompt cache. Default: the price of input. */
  readonly cacheWrite?: number | undefined;
}

const amount = z.number().check(z.minimum(0, 'must be 0 or more'));

export const Price = z.strictObject({
  input: amount,
  output: amount,
  cacheRead: z.optional(amount),
  cacheWrite: z.optional(amount),
} satisfies Record<keyof Price, z.ZodMiniType>) satisfies z.ZodMiniType<Price>;

/** Tokens of one call by how they are billed. */
export interface BilledTokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
}

/**
 * What tokens cost, in whole micro-USD (millionths of a dollar), rounded up.
 *
 * @example
 * costInMicroUsd({ input: 0.06, output: 0.24 }, { inputTokens: 1000, outputTokens: 100 }); // 84
 */
export function costInMicroUsd(price: Price, tokens: BilledTokens): number {
  const { input, output, cacheRead = input, cacheWrite = input } = price;
  // A price per million tokens in USD is the price of one token in micro-USD.
  const cost =
    tokens.inputTokens * input +
    tokens.outputTokens * output +
    (tokens.cacheReadTokens ?? 0) * cacheRead +
    (tokens.cacheWriteTokens ?? 0) * cacheWrite;
  // Without the noise of binary fractions, which would round a whole amount up to the next.
  return Math.ceil(Number(cost.toFixed(6)));
}
