import { mostEmbeddedStrings } from '@org/lambda/doors/openai/embeddings/embeddings';
import {
  type Billable,
  type CacheTtl,
  cacheTtls,
  cacheTtlsOf,
  costInMicroUsd,
  dearestRates,
  type ModelDefinition,
  type Price,
} from '@org/models';
import * as z from 'zod/mini';

/** A model of a plan, as callers can use it. */
export interface PlanModel {
  readonly alias: string;
  readonly definition: ModelDefinition;
  readonly price: Price | undefined;
  /** The most output tokens that the plan allows in one call. */
  readonly maxTokens: number | undefined;
}

/** A missing fact about a model, without which its calls can cost any amount. */
export type Gap = z.output<typeof Gap>;
export const Gap = z.strictObject({
  model: z.string(),
  lacks: z.enum(['price', 'price of a cache', 'price of a service tier', 'context window']),
});

/** The most that a token, or a call, can cost under a plan: in USD, with its model. */
export interface Dearest {
  readonly usd: number;
  readonly model: string;
}

export interface CallsOf {
  readonly models: readonly PlanModel[];
  /** Whether a limit in USD applies. Then the function refuses every call whose price is not known. */
  readonly refusesUnpriced: boolean;
}

/** The most that one token of any permitted call can cost, or the reasons why that is not known. */
export function dearestToken(calls: CallsOf): Dearest | readonly Gap[] {
  return dearestOf(calls, ({ rates }) => Math.max(rates.input, rates.output) / tokensPerPrice);
}

/**
 * The most that one permitted call can cost, which is the most that the function ever holds for one: as much input as
 * the model can read, and as much output as model and plan allow.
 */
export function dearestCall(calls: CallsOf): Dearest | readonly Gap[] {
  const unknown = calls.models.flatMap(({ alias, definition }): Gap[] =>
    definition.contextTokens === undefined ? [{ model: alias, lacks: 'context window' }] : [],
  );
  if (unknown.length > 0) return unknown;
  return dearestOf(calls, ({ model, way, rates }) => {
    const { definition, maxTokens = Number.POSITIVE_INFINITY } = model;
    const outputTokens = Math.min(definition.maxOutputTokens, maxTokens);
    return costInMicroUsd(rates, { inputTokens: way.mostInputTokens, outputTokens }) / microUsdPerUsd;
  });
}

const tokensPerPrice = 1_000_000;
const microUsdPerUsd = 1_000_000;

/** A way to call a model, with its rates in USD per million tokens. */
interface Billed {
  readonly model: PlanModel;
  readonly way: Billable;
  readonly rates: { readonly input: number; readonly output: number };
}

function dearestOf(
  { models, refusesUnpriced }: CallsOf,
  usdOf: (billed: Billed) => number,
): Dearest | readonly Gap[] {
  const gaps: Gap[] = [];
  let dearest: Dearest = { usd: 0, model: models[0]?.alias ?? '' };
  for (const model of models) {
    for (const way of waysToCall(model)) {
      const rates = model.price && dearestRates(model.price, way);
      if (rates) {
        const usd = usdOf({ model, way, rates });
        if (usd > dearest.usd) dearest = { usd, model: model.alias };
      } else if (!refusesUnpriced) {
        gaps.push({ model: model.alias, lacks: gapOf(model, way) });
      }
    }
  }
  return gaps.length > 0 ? distinctGaps(gaps) : dearest;
}

function gapOf({ price }: PlanModel, { tier }: Billable): Gap['lacks'] {
  if (!price) return 'price';
  return tier ? 'price of a service tier' : 'price of a cache';
}

/** Each gap once. */
export function distinctGaps(gaps: readonly Gap[]): Gap[] {
  return [...new Map(gaps.map((gap) => [`${gap.model} ${gap.lacks}`, gap])).values()];
}

/** Every combination of the choices of a call that decide its rates. Of input, only the lengths that matter. */
function waysToCall({ definition, price }: PlanModel): Billable[] {
  const tiers = [undefined, ...(definition.upstream === 'converse' ? (definition.serviceTiers ?? []) : [])];
  const most = mostInputOf(definition);
  const short = price?.longContext?.above ?? most;
  const lengths = new Set([most, Math.min(short, most)]);
  return tiers.flatMap((tier) =>
    cachesOf(definition).flatMap((asked) =>
      [...lengths].map((mostInputTokens) => ({
        mostInputTokens,
        cached: cacheTtlsOf(definition, asked),
        tier,
      })),
    ),
  );
}

/** The most input tokens of a call. Infinite if the context window is not known. */
function mostInputOf({ upstream, contextTokens = Number.POSITIVE_INFINITY }: ModelDefinition): number {
  return upstream === 'embed' ? mostEmbeddedStrings * contextTokens : contextTokens;
}

/** The caches that a call can ask for: none, one, or all of them. */
function cachesOf(definition: ModelDefinition): (readonly CacheTtl[])[] {
  if (definition.upstream !== 'converse') return [[]];
  // The Messages API can ask for any cache.
  const ttls = definition.messagesApi ? cacheTtls : (definition.cache?.points?.ttls ?? []);
  return [[], ...ttls.map((ttl) => [ttl]), ttls];
}
