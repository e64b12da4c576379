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
   * Input tokens written to a prompt cache that keeps them 5 minutes, or as long as a model that caches by itself does.
   * Default: the price of input.
   */
  readonly cacheWrite?: number | undefined;
  /**
   * Input tokens written to a prompt cache that keeps them an hour: for Claude, twice the price of input. Default: no
   * price; a call that asks for such a cache is refused.
   */
  readonly cacheWrite1h?: number | undefined;
}

/** What all tokens of a call cost once its input is long. */
export interface LongContext extends Rates {
  /** Input tokens, those of a cache included, above which these rates hold for the whole call. */
  readonly above: number;
}

/** What the service tiers beside the standard one cost. Calls go out in the standard tier. */
export interface TierRates {
  /** Of calls that are served first. Default: no price. */
  readonly priority?: Rates | undefined;
  /** Of calls that are served when there is room. Default: no price. */
  readonly flex?: Rates | undefined;
}

/**
 * What a model costs, in USD per million tokens.
 *
 * @see https://aws.amazon.com/bedrock/pricing/
 */
export interface Price extends Rates {
  /** The dearer rates of long input. Default: the same, however long. */
  readonly longContext?: LongContext | undefined;
  /**
   * The rates of service tiers. Default: the standard tier alone has a price.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html
   */
  readonly tiers?: TierRates | undefined;
}

/** The tiers that a call can ask for beside the standard one. */
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

/** What kinds of tokens have a rate. */
export const rateKinds = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
] as const satisfies readonly (keyof Rates)[];

/** Where a price has rates: of a call that says nothing, of long input, and of each service tier. */
export const rateSections = ['standard', 'longContext', ...serviceTiers] as const;
export type RateSection = (typeof rateSections)[number];

/** The rates of a section of a price. */
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
 * What a config calls a rate of a section.
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

/** All input tokens of a call, those of a cache included. */
export function allInputTokens({
  inputTokens,
  cacheReadTokens = 0,
  cacheWriteTokens = 0,
  cacheWrite1hTokens = 0,
}: BilledTokens): number {
  return inputTokens + cacheReadTokens + cacheWriteTokens + cacheWrite1hTokens;
}

/** How a call asks to be served. */
export interface Service {
  /** Default: the standard tier. */
  readonly tier?: ServiceTier | undefined;
}

/**
 * What tokens cost, in whole micro-USD (millionths of a dollar), rounded up. What could not be asked for, because it has
 * no price, costs the most that tokens of its kind can.
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

/** With what holds where nothing is said. */
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

/** What is known of a call before it is made, and decides how its tokens can be billed. */
export interface Billable extends Service {
  /** The most input tokens that it can have, those of a cache included. */
  readonly mostInputTokens: number;
  /** How long a cache may keep what the call writes to it, asked for or not. Empty: it writes to none. */
  readonly cached: readonly CacheTtl[];
}

/**
 * The dearest that each token of a call can be, whatever is read from a cache or written to one, and however long its
 * input turns out: to hold with before it is known. `undefined` where it can be billed in a way that has no price: no
 * such call may be made under a limit in USD.
 */
export function dearestRates(
  price: Price,
  { mostInputTokens, cached, tier }: Billable,
): Pick<Rates, 'input' | 'output'> | undefined {
  const { longContext } = price;
  const served = tier ? price.tiers?.[tier] : price;
  const long = longContext && mostInputTokens > longContext.above ? longContext : undefined;
  // Nobody has said what a tier costs beyond the length.
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
