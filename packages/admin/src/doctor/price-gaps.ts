import { limitsUsd, type ProxyConfig } from '@org/infra/config';
import { installation } from '@org/installation';
import { aliasOf, dearestRates, definitionOf, type ModelDefinition, type Price, priceIn } from '@org/models';
import { type Finding, warning } from './finding.ts';

/**
 * Finds features of a model that its price leaves out. Under a limit in USD, a call that uses one is refused, which shows
 * only then. If the model has no price at all, the config is refused.
 */
export function checkPriceGaps(config: ProxyConfig): Finding[] {
  const limited = aliasesWithUsdLimits(config);
  return config.models.flatMap((model) => {
    const alias = aliasOf(model);
    const definition = definitionOf(model);
    const price = priceIn(config, model);
    if (!definition || !price || !limited.has(alias)) return [];
    const gaps = gapsOf(definition, price);
    if (gaps.length === 0) return [];
    return [
      warning(
        { check: 'price', of: alias },
        `has no rate for ${gaps.map(({ what }) => what).join(' and ')}: under a limit in USD, a call that asks for it is refused`,
        `Give prices.${alias} ${gaps.map(({ field }) => field).join(' and ')} (${installation.documents}/prices.md), or have callers do without.`,
      ),
    ];
  });
}

interface Gap {
  readonly what: string;
  readonly field: string;
}

function gapsOf(definition: ModelDefinition, price: Price): Gap[] {
  if (definition.upstream !== 'converse') return [];
  const { cache, serviceTiers = [] } = definition;
  const keepsAnHour = cache?.points?.ttls.includes('1h') ?? false;
  const anHour = { mostInputTokens: Number.POSITIVE_INFINITY, cached: ['1h'] } as const;
  const field = price.cacheWrite1h === undefined ? 'cacheWrite1h' : 'longContext.cacheWrite1h';
  return [
    ...(keepsAnHour && !dearestRates(price, anHour) ? [{ what: 'writes to a cache of an hour', field }] : []),
    ...serviceTiers
      .filter((tier) => !dearestRates(price, { mostInputTokens: 0, cached: [], tier }))
      .map((tier) => ({ what: `the tier ${tier}`, field: `tiers.${tier}` })),
  ];
}

function aliasesWithUsdLimits({ plans, teams }: ProxyConfig): ReadonlySet<string> {
  const named = Object.entries(plans).filter(
    ([name, { limits }]) =>
      limitsUsd(limits) ||
      Object.values(teams).some(
        ({ plan, keys }) => plan === name && keys.some((key) => limitsUsd(key.limits)),
      ),
  );
  return new Set(named.flatMap(([, { models }]) => models));
}
