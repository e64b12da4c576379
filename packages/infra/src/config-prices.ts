import { aliasOf, definitionOf, type Limits, type OfferedModel, type Price, priceOf } from '@org/contract';
import { isKnownRegion, offeredIn, type Reference } from './config-references.ts';

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

/** Finds prices of nothing, and limits in USD on models whose price nobody knows: those could not hold. */
export function* checkPrices(config: Priced): Iterable<Reference> {
  const offered = new Map(config.models.map((model) => [aliasOf(model), definitionOf(model)]));
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
  const unpricedOf = (plan: string): string[] =>
    (config.plans[plan]?.models ?? []).filter((alias) => {
      const definition = offered.get(alias);
      if (!definition || !offeredIn(definition, region, globalInference)) return false;
      return !prices.has(alias) && !priceOf(definition, region);
    });
  const fault = (plan: string, path: Reference['path']): Reference[] => {
    const unpriced = unpricedOf(plan);
    if (unpriced.length === 0) return [];
    const quoted = unpriced.map((alias) => `"${alias}"`).join(', ');
    const message =
      `no price is known in ${region} for ${quoted} of the plan "${plan}"; ` +
      `give it beside models, in USD per million tokens, ${pricesField(unpriced)}, or remove the limit`;
    return [{ path, message }];
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

/** How a config gives the prices of models: to be pasted, and filled in. */
export function pricesField(aliases: readonly string[]): string {
  const fields = aliases.map((alias) => {
    const name = /^[A-Za-z_]\w*$/.test(alias) ? alias : `'${alias}'`;
    return `${name}: { input: ..., output: ... }`;
  });
  return `prices: { ${fields.join(', ')} }`;
}

function limitsUsd(limits: Limits | undefined): boolean {
  return Object.values(limits?.usd ?? {}).some((max) => typeof max === 'number');
}
