import { type ProxyConfig, pricesField } from '@org/infra/config';
import { aliasOf, definitionOf, priceOf } from '@org/models';
import { type Finding, ok, type Subject, warning } from './finding.ts';

const subject: Subject = { check: 'prices' };

/** Wide enough for a dearer Region; a price per 1,000 tokens in place of a million is far beyond it. */
const plausibleFactor = 5;

/** If no price is known, no cost is reported; a limit in USD on such a model is a config error. */
export function checkModelPrices(config: ProxyConfig): Finding {
  const known = config.models.map((model) => {
    const alias = aliasOf(model);
    const definition = definitionOf(model);
    return {
      alias,
      isOwn: config.prices?.[alias] !== undefined,
      date: definition && priceOf(definition, config.region)?.date,
    };
  });
  const unpriced = known.filter(({ isOwn, date }) => !isOwn && date === undefined).map(({ alias }) => alias);
  if (unpriced.length > 0) {
    return warning(
      subject,
      `no price is known in ${config.region} for ${unpriced.join(', ')}: usage shows no cost for them`,
      `Give them in USD per million tokens: ${pricesField(unpriced)}`,
    );
  }
  const [oldest] = known.flatMap(({ isOwn, date }) => (isOwn || date === undefined ? [] : [date])).sort();
  return ok(
    subject,
    oldest === undefined ? 'all of the config' : `known for every model, the oldest of ${oldest}`,
  );
}

/** Finds config prices so far from the catalogue's that they are likely in another unit, or for another model. */
export function checkPriceUnits({ models, region, prices = {} }: ProxyConfig): Finding[] {
  return models.flatMap((model) => {
    const alias = aliasOf(model);
    const given = Object.hasOwn(prices, alias) ? prices[alias] : undefined;
    const definition = definitionOf(model);
    const here = definition && priceOf(definition, region);
    // Another Region's price is not far off.
    const known = here ?? definition?.price?.[0];
    if (!given || !known) return [];
    return (['input', 'output'] as const).flatMap((part) => {
      if (known[part] === 0) return [];
      const factor = given[part] / known[part];
      if (factor >= 1 / plausibleFactor && factor <= plausibleFactor) return [];
      return [
        warning(
          { check: 'price', of: alias },
          `prices.${alias}.${part} is ${given[part]}, far ${factor < 1 ? 'below' : 'above'} the ${known[part]} that is known ` +
            `${here ? `for ${region}` : 'for other Regions'}: limits in USD end too ${factor < 1 ? 'late' : 'early'} by as much`,
          'Give USD per million tokens: multiply a price per 1,000 tokens by 1,000.',
        ),
      ];
    });
  });
}
