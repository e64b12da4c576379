import type { ProxyConfig } from '@org/infra/config';
import {
  aliasOf,
  type Capability,
  capabilitiesOf,
  definitionOf,
  type Lifecycle,
  locateModel,
  type ModelLocation,
  type Price,
  priceIn,
  priceOf,
} from '@org/models';

/** A model that a config offers. */
export interface DescribedModel extends Pick<ModelLocation, 'modelId' | 'regions' | 'through'> {
  readonly alias: string;
  /** What a request may ask of it. */
  readonly capabilities: readonly Capability[];
  /** Undefined if not known. */
  readonly contextTokens: number | undefined;
  readonly maxOutputTokens: number;
  readonly lifecycle: Lifecycle & {
    /** Days until the end of life, rounded up; 0 if it is over. Undefined without one. */
    readonly daysLeft?: number | undefined;
  };
  /** USD per million tokens. An estimate: AWS's bill decides. Undefined if not known. */
  readonly price: Price | undefined;
  /** The day on which the price was read, unless the config states it. */
  readonly priceDate: string | undefined;
  /** The plans whose keys may ask it. */
  readonly plans: readonly string[];
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * The models of a config, in its order.
 *
 * @param now Milliseconds since 1970.
 */
export function describeModels(config: ProxyConfig, now: number): DescribedModel[] {
  return config.models.flatMap((model): DescribedModel[] => {
    const alias = aliasOf(model);
    const definition = definitionOf(model);
    const location = definition && locateModel(definition, config.region, config);
    if (!definition || !location) return [];
    const { modelId, regions, through } = location;
    const { contextTokens, maxOutputTokens, lifecycle } = definition;
    return [
      {
        ...{ alias, modelId, regions, through },
        capabilities: capabilitiesOf(definition),
        ...{ contextTokens, maxOutputTokens },
        lifecycle: { ...lifecycle, ...daysLeftOf(lifecycle, now) },
        price: priceIn(config, model),
        priceDate: config.prices?.[alias] ? undefined : priceOf(definition, config.region)?.date,
        plans: Object.entries(config.plans).flatMap(([name, { models }]) =>
          models.includes(alias) ? [name] : [],
        ),
      },
    ];
  });
}

function daysLeftOf(lifecycle: Lifecycle, now: number): { readonly daysLeft: number } | undefined {
  if (lifecycle.status !== 'legacy') return undefined;
  return { daysLeft: Math.max(0, Math.ceil((Date.parse(lifecycle.endOfLife) - now) / dayMs)) };
}
