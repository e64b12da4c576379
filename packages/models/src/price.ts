import * as z from 'zod/mini';
import type { CacheTtl } from './prompt-cache.ts';

/** USD per million tokens. */
export interface Rates {
  /** Input tokens. */
  readonly input: number;
  /** Output tokens; 0 for vectors, which have none. */
  readonly output: number;
  /** Input tokens read from a prompt cache. Default: the price of input. */
  readonly cacheRead?: number | undefined;
  /**
   * Input tokens written to a prompt cache that keeps them 5 minutes, or, if the model caches by itself, as long as it
   * chooses. Default: the price of input.
   */
  readonly cacheWrite?: number | undefined;
  /**
   * Input tokens written to a prompt cache that keeps them an hour: for Claude, twice the price of input. Default: no
   * price, and a call that asks for such a cache is refused.
   */
  readonly cacheWrite1h?: number | undefined;
}

/** The rates of all tokens of a call with long input. */
export interface LongContext extends Rates {
  /** Input tokens, including those of a cache, above which these rates apply to the whole call. */
  readonly above: number;
}

/** The rates of service tiers other than the standard one, which is the default of calls. */
export interface TierRates {
  /** Rates of calls that are served first. Default: no price. */
  readonly priority?: Rates | undefined;
  /** Rates of calls that are served when there is capacity. Default: no price. */
  readonly flex?: Rates | undefined;
}

/**
 * A model's price, in USD per million tokens.
 *
 * @see https://aws.amazon.com/bedrock/pricing/
 */
export interface Price extends Rates {
  /** The higher rates of long input. Default: the same rates for any length. */
  readonly longContext?: LongContext | undefined;
  /**
   * The rates of service tiers. Default: only the standard tier has a price.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html
   */
  readonly tiers?: TierRates | undefined;
}

/** The tiers other than the standard one that a call can ask for. */
export const serviceTiers = ['priority', 'flex'] as const satisfies readonly (keyof TierRates)[];
export type ServiceTier = (typeof serviceTiers)[number];

const amount = z.number().check(z.minimum(0, 'must be 0 or more'));

const rates = {
  input: amount,
  output: amount,
  cacheRead: z.optional(amount),
  cacheWrite: z.optional(amount),
  cacheWrite1h: z.optional(amount),
} satisfies Record<keyof Rates, z.ZodMiniType>;

const Rates = z.strictObject(rates) satisfies z.ZodMiniType<Rates>;

export const Price = z.strictObject({
  ...rates,
  longContext: z.optional(
    z.strictObject({ ...rates, above: z.int().check(z.minimum(1)) } satisfies Record<
      keyof LongContext,
      z.ZodMiniType
    >),
  ),
  tiers: z.optional(
    z.strictObject({ priority: z.optional(Rates), flex: z.optional(Rates) } satisfies Record<
      keyof TierRates,
      z.ZodMiniType
    >),
  ),
} satisfies Record<keyof Price, z.ZodMiniType>) satisfies z.ZodMiniType<Price>;

/** The kinds of tokens that have a rate. */
export const rateKinds = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
] as const satisfies readonly (keyof Rates)[];

/** The sets of rates in a price: for the standard tier, for long input, and for each service tier. */
export const rateSections = ['standard', 'longContext', ...serviceTiers] as const;
export type RateSection = (typeof rateSections)[number];

/** The rates in one section of a price. */
export function ratesIn(price: Price, section: RateSection): Rates | undefined {
  switch (section) {
    case 'standard':
      return price;
    case 'longContext':
      return price.longContext;
    default:
      return price.tiers?.[section];
  }
}

/**
 * The name of a rate in a config.
 *
 * @example
 * rateName('flex', 'output'); // 'tiers.flex.output'
 */
export function rateName(section: RateSection, kind: keyof Rates): string {
  switch (section) {
    case 'standard':
      return kind;
    case 'longContext':
      return `longContext.${kind}`;
    default:
      return `tiers.${section}.${kind}`;
  }
}

/** Tokens of one call by how they are billed. No token is counted twice. */
export interface BilledTokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens?: number | undefined;
  /** Written to a cache that keeps them 5 minutes, or as long as the model itself decides. */
  readonly cacheWriteTokens?: number | undefined;
  /** Written to a cache that keeps them an hour. */
  readonly cacheWrite1hTokens?: number | undefined;
}

/** All input tokens of a call, including those of a cache. */
export function allInputTokens({
  inputTokens,
  cacheReadTokens = 0,
  cacheWriteTokens = 0,
  cacheWrite1hTokens = 0,
}: BilledTokens): number {
  return inputTokens + cacheReadTokens + cacheWriteTokens + cacheWrite1hTokens;
}

/** The service that a call asks for. */
export interface Service {
  /** Default: the standard tier. */
  readonly tier?: ServiceTier | undefined;
}

/**
 * The cost of tokens, in whole micro-USD (millionths of a dollar), rounded up. Tokens of a kind without a price, which a
 * call could not ask for, cost the most that such tokens can.
 *
 * @example
 * costInMicroUsd({ input: 0.06, output: 0.24 }, { inputTokens: 1000, outputTokens: 100 }); // 84
 */
export function costInMicroUsd(price: Price, tokens: BilledTokens, { tier }: Service = {}): number {
  const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 } = tokens;
  const { cacheWrite1hTokens = 0 } = tokens;
  const { longContext } = price;
  const long = longContext && allInputTokens(tokens) > longContext.above ? longContext : undefined;
  const ofTier = tier && price.tiers?.[tier];
  const possible = long && tier ? [long, ofTier ?? price] : [long ?? ofTier ?? price];
  const dearest = (rate: (rates: Filled) => number) => Math.max(...possible.map(filled).map(rate));
  // A price per million tokens in USD is the price of one token in micro-USD.
  const cost =
    inputTokens * dearest(({ input }) => input) +
    outputTokens * dearest(({ output }) => output) +
    cacheReadTokens * dearest(({ cacheRead }) => cacheRead) +
    cacheWriteTokens * dearest(({ cacheWrite }) => cacheWrite) +
    cacheWrite1hTokens * dearest(({ cacheWrite1h }) => cacheWrite1h);
  // Without the noise of binary fractions, which would round a whole amount up to the next.
  return Math.ceil(Number(cost.toFixed(6)));
}

/** Rates with their defaults filled in. */
type Filled = Readonly<Record<keyof Rates, number>>;

function filled({ input, output, cacheRead = input, cacheWrite = input, cacheWrite1h }: Rates): Filled {
  return {
    input,
    output,
    cacheRead,
    cacheWrite,
    cacheWrite1h: cacheWrite1h ?? Math.max(input, cacheRead, cacheWrite),
  };
}

/** The facts about a call, known before it is made, that decide how its tokens can be billed. */
export interface Billable extends Service {
  /** The most input tokens that it can have, including those of a cache. */
  readonly mostInputTokens: number;
  /**
   * How long a cache may keep what the call writes to it, even if the call did not ask for it. Empty: it writes to
   * none.
   */
  readonly cached: readonly CacheTtl[];
}

/**
 * The highest rate at which each token of a call can be billed, whatever is read from a cache or written to one, and
 * however long its input turns out: a hold reserves this much. `undefined` if the call can be billed in a way that has
 * no price; such a call may not be made under a limit in USD.
 */
export function dearestRates(
  price: Price,
  { mostInputTokens, cached, tier }: Billable,
): Pick<Rates, 'input' | 'output'> | undefined {
  const { longContext } = price;
  const served = tier ? price.tiers?.[tier] : price;
  const long = longContext && mostInputTokens > longContext.above ? longContext : undefined;
  // No rate of a tier for long input is known.
  if (!served || (tier && long)) return undefined;
  const possible = long ? [served, long] : [served];
  if (cached.includes('1h') && possible.some(({ cacheWrite1h }) => cacheWrite1h === undefined))
    return undefined;
  const inputs = possible
    .map(filled)
    .flatMap((rates) => [rates.input, rates.cacheRead, ...cached.map((ttl) => rates[writeOf[ttl]])]);
  return { input: Math.max(...inputs), output: Math.max(...possible.map(({ output }) => output)) };
}

const writeOf = { '5m': 'cacheWrite', '1h': 'cacheWrite1h' } as const satisfies Record<CacheTtl, keyof Rates>;
