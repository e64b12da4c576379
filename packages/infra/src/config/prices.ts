import type { Limits } from '@org/contract';
import {
  aliasOf,
  definitionOf,
  type ModelDefinition,
  type OfferedModel,
  type Price,
  priceOf,
  rateName,
  rateSections,
  ratesIn,
} from '@org/models';
import { isKnownRegion, offeredIn, type Reference } from './references.ts';

/** The parts of a config that a price matters to. */
interface Priced {
  readonly region: string;
  readonly globalInference: boolean;
  readonly models: readonly OfferedModel[];
  readonly prices?: Readonly<Record<string, Price>> | undefined;
  readonly plans: Readonly<
    Record<string, { readonly models: readonly string[]; readonly limits?: Limits | undefined }>
  >;
  readonly teams: Readonly<
    Record<
      string,
      {
        readonly plan: string;
        readonly keys: readonly { readonly limits?: Limits | undefined }[];
      }
    >
  >;
}

/**
 * The least that a price can be, in USD per million tokens. A call is charged in whole micro-USD, rounded up, and one
 * token for less than this rounds to none of them.
 */
const leastPrice = 0.000_001;

/**
 * Finds prices of models that are not offered, and limits in USD that could not hold, because nobody knows the price of
 * a model, or it is 0.
 */
export function* checkPrices(config: Priced): Iterable<Reference> {
  const offered = new Map(config.models.map((model) => [aliasOf(model), definitionOf(model)]));
  const indexOf = (alias: string) => config.models.findIndex((model) => aliasOf(model) === alias);
  const prices = new Map(Object.entries(config.prices ?? {}));
  for (const alias of prices.keys()) {
    if (offered.size > 0 && !offered.has(alias)) {
      const known = [...offered].flatMap(([name, definition]) => (definition ? [name] : []));
      const remedy =
        known.length > 0
          ? `add it to models, remove its price, or choose from ${known.join(', ')}`
          : 'add it to models, or remove its price';
      const message = `"${alias}" is not offered; ${remedy}`;
      yield { path: ['prices', alias], message };
    }
  }

  // Where the Region or a model is at fault, a missing price is a consequence.
  const { region, globalInference } = config;
  if (!isKnownRegion(config.models, region)) return;
  const fault = (plan: string, path: Reference['path']): Reference[] => {
    const unpriced: string[] = [];
    const free: string[] = [];
    for (const alias of config.plans[plan]?.models ?? []) {
      const definition = offered.get(alias);
      if (!definition || !offeredIn(definition, region, globalInference)) continue;
      const own = prices.get(alias);
      const known = priceOf(definition, region);
      const price = own ?? known;
      const listed = known && definition.price?.indexOf(known);
      const field = own ? `prices.${alias}` : `models.${indexOf(alias)}.price.${listed}`;
      if (!price) unpriced.push(alias);
      else free.push(...freeParts(price, definition).map((part) => `${field}.${part}`));
    }
    const messages = [];
    if (unpriced.length > 0) {
      const quoted = unpriced.map((alias) => `"${alias}"`).join(', ');
      messages.push(
        `no price is known in ${region} for ${quoted} of the plan "${plan}"; ` +
          `give it beside models, in USD per million tokens, ${pricesField(unpriced)}, or remove the limit`,
      );
    }
    if (free.length > 0) {
      messages.push(
        `would never be reached by calls that cost nothing: ${free.join(', ')} must be above 0 for the plan "${plan}"; ` +
          'give what AWS charges, in USD per million tokens, or limit requests or tokens instead',
      );
    }
    return messages.map((message) => ({ path, message }));
  };

  for (const [name, { limits }] of Object.entries(config.plans)) {
    if (limitsUsd(limits)) yield* fault(name, ['plans', name, 'limits', 'usd']);
  }
  for (const [team, { plan, keys }] of Object.entries(config.teams)) {
    for (const [index, { limits }] of keys.entries()) {
      if (limitsUsd(limits)) yield* fault(plan, ['teams', team, 'keys', index, 'limits', 'usd']);
    }
  }
}

/** The parts of a price that let calls through whatever the limit in USD. */
function freeParts(price: Price, { upstream }: ModelDefinition): string[] {
  const charged = upstream === 'embed' ? (['input'] as const) : (['input', 'output'] as const);
  return rateSections.flatMap((section) => {
    const rates = ratesIn(price, section);
    return rates
      ? charged.filter((kind) => rates[kind] < leastPrice).map((kind) => rateName(section, kind))
      : [];
  });
}

/** How a config gives the prices of models: to be pasted, and filled in. */
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
