import { aliasOf, definitionOf, priceOf } from '@org/contract';
import type { ProxyConfig } from '../../src/config.ts';
import { pricesField } from '../../src/config-prices.ts';
import { type Finding, ok, warning } from './finding.ts';

const subject = 'prices';

/** Where no price is known, no cost is told; a limit in USD on such a model is an error of the config. */
export function checkModelPrices(config: ProxyConfig): Finding {
  const known = config.models.map((model) => {
    const alias = aliasOf(model);
    const definition = definitionOf(model);
    return {
      alias,
      isOwn: config.prices?.[alias] !== undefined,
      date: definition && priceOf(definition, config.region) ? definition.price?.date : undefined,
    };
  });
  const unpriced = known.filter(({ isOwn, date }) => !isOwn && date === undefined).map(({ alias }) => alias);
  if (unpriced.length > 0) {
    return warning(
      subject,
      `no price is known in ${config.region} for ${unpriced.join(', ')}: usage tells no cost of them`,
      `Give them in USD per million tokens: ${pricesField(unpriced)}`,
    );
  }
  const [oldest] = known.flatMap(({ isOwn, date }) => (isOwn || date === undefined ? [] : [date])).sort();
  return ok(
    subject,
    oldest === undefined ? 'all of the config' : `known for every model, the oldest of ${oldest}`,
  );
}
