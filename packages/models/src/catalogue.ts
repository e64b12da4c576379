import { amazon } from './catalogue/amazon.ts';
import { anthropic } from './catalogue/anthropic.ts';
import { cohere } from './catalogue/cohere.ts';
import { meta } from './catalogue/meta.ts';
import { openWeights } from './catalogue/open-weight.ts';
import { openai } from './catalogue/openai.ts';
import type { ModelDefinition, ModelPrice, OfferedModel } from './model.ts';
import type { Price } from './price.ts';

/**
 * The models that a deployment can offer, by alias. Data, not code: a deployment's config may add or replace
 * any of them.
 */
export const catalogue = {
  /** Titan Text Express ended on 2025-08-15; Amazon names Nova Micro as its successor. */
  titan: amazon['nova-micro'],
  /** Llama 2 ended on 2024-10-30; its successors are Legacy too. */
  llama: meta['llama-4-maverick'],
  ...amazon,
  ...anthropic,
  ...openai,
  ...meta,
  ...openWeights,
  ...cohere,
} satisfies Record<string, ModelDefinition>;

export type CatalogueAlias = keyof typeof catalogue;

const byAlias: Readonly<Record<string, ModelDefinition>> = catalogue;

/** The parts of a deployment that decide a model's price. */
interface PricedDeployment {
  readonly region: string;
  /** The config's own prices, by alias. */
  readonly prices?: Readonly<Record<string, Price>> | undefined;
}

/** The name that callers use for an offered model. */
export function aliasOf(model: OfferedModel): string {
  return typeof model === 'string' ? model : model.alias;
}

/** The definition behind an offered model; `undefined` for an alias that the catalogue does not have. */
export function definitionOf(model: OfferedModel): ModelDefinition | undefined {
  if (typeof model !== 'string') return model;
  return Object.hasOwn(byAlias, model) ? byAlias[model] : undefined;
}

/** A model's price in a deployment: the config's own price, else the catalogue's for the Region. */
export function priceIn({ prices = {}, region }: PricedDeployment, model: OfferedModel): Price | undefined {
  const alias = aliasOf(model);
  const definition = definitionOf(model);
  return Object.hasOwn(prices, alias) ? prices[alias] : definition && priceOf(definition, region);
}

/** A model's price in a Region, or `undefined` if the catalogue has none. */
export function priceOf({ price = [] }: ModelDefinition, region: string): ModelPrice | undefined {
  return price.find(({ regions }) => regions === undefined || regions.includes(region));
}
