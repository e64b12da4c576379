import type { Limits } from '@org/contract';
import { type ModelDefinition, type Price, priceOf, rateName, rateSections, ratesIn } from '@org/models';
import { correction } from './correction.ts';
import {
  type CheckedParts,
  isKnownRegion,
  lacks,
  offeredBy,
  offeredIn,
  type Reference,
} from './references.ts';

/**
 * The lowest possible price, in USD per million tokens. A call is charged in whole micro-USD, rounded up, and one
 * token at a lower price rounds to 0.
 */
const leastPrice = 0.000_001;

/**
 * Finds prices of models that are not offered, and limits in USD that could not hold, because a model's price is
 * unknown or 0.
 */
export function* checkPrices(config: CheckedParts): Iterable<Reference> {
  const { region, globalInference, models, prices = {} } = config;
  const offered = offeredBy(models);
  for (const alias of Object.keys(prices)) {
    if (lacks(offered, alias)) {
      const known = [...offered].flatMap(([name, definition]) => (definition && name ? [name] : []));
      const choice = known.length > 0 ? `, or choose from ${known.join(', ')}` : '';
      const remedy = correction(alias, known, `add it to models, remove its price${choice}`);
      yield { path: ['prices', alias], message: `"${alias}" is not offered; ${remedy}` };
    }
  }

  // If the Region or a model is at fault, a missing price is a consequence.
  if (region === undefined || !isKnownRegion(models, region)) return;
  const unpriced = new Faults();
  const free = new Faults();
  for (const { path, models: limited } of usdLimits(config)) {
    for (const alias of limited) {
      const definition = offered.get(alias);
      if (alias === undefined || !definition || !offeredIn(definition, region, globalInference)) continue;
      if (Object.hasOwn(prices, alias) && prices[alias] === undefined) continue;
      const own = prices[alias];
      const known = priceOf(definition, region);
      const price = own ?? known;
      const index = models.findIndex((model) => typeof model === 'object' && model.alias === alias);
      const field = own
        ? `prices.${alias}`
        : `models.${index}.price.${known && definition.price?.indexOf(known)}`;
      if (!price) unpriced.add(alias, path);
      else for (const part of freeParts(price, definition)) free.add(`${field}.${part}`, path);
    }
  }
  yield* unpriced.message(
    (aliases) =>
      `no price is known in ${region} for ${aliases.map((alias) => `"${alias}"`).join(', ')}; ` +
      `give it beside models, in USD per million tokens, ${pricesField(aliases)}, or remove the limit`,
  );
  yield* free.message(
    (fields) =>
      `would never be reached by calls that cost nothing: ${fields.join(', ')} must be above 0; ` +
      'give what AWS charges, in USD per million tokens, or limit requests or tokens instead',
  );
}

/** Each limit in USD of a config, with the models whose use it limits. */
function* usdLimits({
  plans = {},
  teams = {},
}: CheckedParts): Iterable<{ path: Reference['path']; models: readonly (string | undefined)[] }> {
  for (const [plan, { models, limitsPerModel = {}, ...limits }] of Object.entries(plans)) {
    for (const field of ['limits', 'limitsPerPerson', 'limitsPerCustomer'] as const) {
      if (limitsUsd(limits[field])) yield { path: ['plans', plan, field, 'usd'], models };
    }
    for (const [alias, own] of Object.entries(limitsPerModel)) {
      if (limitsUsd(own)) yield { path: ['plans', plan, 'limitsPerModel', alias, 'usd'], models: [alias] };
    }
  }
  for (const [team, { plan, keys }] of Object.entries(teams)) {
    for (const [index, key] of keys.entries()) {
      if (plan !== undefined && limitsUsd(key?.limits)) {
        yield {
          path: ['teams', team, 'keys', index, 'limits', 'usd'],
          models: plans[plan]?.models ?? [],
        };
      }
    }
  }
}

/** Faults of prices, each reported once for all limits that it affects. */
class Faults {
  readonly #names = new Set<string>();
  readonly #limits = new Set<Reference['path']>();

  add(name: string, limit: Reference['path']): void {
    this.#names.add(name);
    this.#limits.add(limit);
  }

  /** At the first limit, with the others. */
  *message(of: (names: readonly string[]) => string): Iterable<Reference> {
    const [path, ...others] = this.#limits;
    if (!path) return;
    const too = others.map((limit) => limit.join('.')).join(', ');
    yield { path, message: `${of([...this.#names])}${too === '' ? '' : `; the same for ${too}`}` };
  }
}

/** The parts of a price that let calls through despite any limit in USD. */
function freeParts(price: Price, { upstream }: ModelDefinition): string[] {
  const charged = upstream === 'embed' ? (['input'] as const) : (['input', 'output'] as const);
  return rateSections.flatMap((section) => {
    const rates = ratesIn(price, section);
    return rates
      ? charged.filter((kind) => rates[kind] < leastPrice).map((kind) => rateName(section, kind))
      : [];
  });
}

/** The config lines for models' prices, to paste and fill in. */
export function pricesField(aliases: readonly string[]): string {
  const fields = aliases.map((alias) => {
    const name = /^[A-Za-z_]\w*$/.test(alias) ? alias : `'${alias}'`;
    return `${name}: { input: ..., output: ... }`;
  });
  return `prices: { ${fields.join(', ')} }`;
}

/** Whether there is a limit in USD among them. */
export function limitsUsd(limits: Limits | undefined): boolean {
  return Object.values(limits?.usd ?? {}).some((max) => typeof max === 'number');
}
