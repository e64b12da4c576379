import type { ProxyConfig } from '@org/infra/config';
import {
  aliasOf,
  definitionOf,
  locateModel,
  type ModelDefinition,
  type ModelLocation,
  type OfferedModel,
  type Price,
  priceIn,
  priceListNamesOf,
  type RateSection,
  type Rates,
  rateKinds,
  rateName,
  rateSections,
  ratesIn,
  serviceTiers,
} from '@org/models';
import type { ClientSettings } from '../aws/endpoints.ts';
import { type PriceListRow, readPriceList } from './price-list.ts';

/** A rate that differs in AWS's Price List, in USD per million tokens. */
export interface PriceDifference {
  readonly alias: string;
  /** As a config has it: `cacheRead`, `tiers.flex.output`. */
  readonly rate: string;
  /** The deployment's rate. Absent: it knows no such rate. */
  readonly own: number | undefined;
  readonly listed: number;
}

/** A model without a price in the list, or with half of one. */
export interface UnlistedPrice {
  readonly alias: string;
  /**
   * `no_name`: we do not know the model's name in the list. `no_rows`: the list has none for the Region and the way that
   * it is called. `no_length`: the list has rates of long input, but not from how many tokens they hold. `incomplete`:
   * it has some rates, but not input and output.
   */
  readonly reason: 'no_name' | 'no_rows' | 'no_length' | 'incomplete';
  /** The model's possible names in the list. */
  readonly names: readonly string[];
}

export interface PriceComparison {
  /** How many models have a price in the list. */
  readonly compared: number;
  readonly differences: readonly PriceDifference[];
  readonly unlisted: readonly UnlistedPrice[];
  /** For each alias with differences, the whole price with the list's rates, for `prices` of the config. */
  readonly prices: Readonly<Record<string, Price>>;
}

/**
 * Compares a deployment's prices with AWS's Price List for its Region. Changes nothing.
 *
 * @param settings For an SDK client whose credentials may `pricing:GetProducts`.
 */
export async function comparePrices(config: ProxyConfig, settings: ClientSettings): Promise<PriceComparison> {
  const rows = await readPriceList(config.region, settings);
  const models = config.models.map((model) => compareModel(model, config, rows));
  return {
    compared: models.filter(({ isListed }) => isListed).length,
    differences: models.flatMap(({ differences }) => differences),
    unlisted: models.flatMap(({ unlisted }) => unlisted),
    prices: Object.fromEntries(
      models.flatMap(({ alias, price, differences }) =>
        price && differences.length > 0 ? [[alias, price]] : [],
      ),
    ),
  };
}

interface ComparedModel {
  readonly alias: string;
  readonly isListed: boolean;
  readonly differences: readonly PriceDifference[];
  readonly unlisted: readonly UnlistedPrice[];
  readonly price?: Price | undefined;
}

function compareModel(
  model: OfferedModel,
  config: ProxyConfig,
  rows: readonly PriceListRow[],
): ComparedModel {
  const alias = aliasOf(model);
  const definition = definitionOf(model);
  const location = definition && locateModel(definition, config.region, config);
  const names = priceListNamesOf(model);
  const because = (reason: UnlistedPrice['reason']): UnlistedPrice => ({ alias, reason, names });
  const none = (reason: UnlistedPrice['reason']) => ({
    ...{ alias, isListed: false, differences: [] },
    unlisted: [because(reason)],
  });
  if (!definition || !location || names.length === 0) return none('no_name');
  const listed = listedRates(rows, names, location);
  if (listed.size === 0) return none('no_rows');

  const own = priceIn(config, model);
  const price = withListed(own, listed, definition);
  if (!price) return none('incomplete');
  const differences = rateSections.flatMap((section) =>
    rateKinds.flatMap((kind): PriceDifference[] => {
      const taken = own && ratesIn(own, section)?.[kind];
      const found = ratesIn(price, section)?.[kind];
      return found === undefined || taken === found
        ? []
        : [{ alias, rate: rateName(section, kind), own: taken, listed: found }];
    }),
  );
  const hasNoLength = listed.has('longContext') && !own?.longContext;
  return {
    ...{ alias, isListed: true, differences, price },
    unlisted: hasNoLength ? [because('no_length')] : [],
  };
}

type ListedRates = ReadonlyMap<RateSection, Partial<Rates>>;

/** The list's rates of a model for that way to call it; if the list contradicts itself, the dearest. */
function listedRates(
  rows: readonly PriceListRow[],
  names: readonly string[],
  { modelId, through }: ModelLocation,
): ListedRates {
  const global = through === 'inference-profile' && modelId.startsWith('global.');
  const ofModel = rows.filter((row) => names.includes(row.name) && row.global === global);
  const rates = (section: RateSection) =>
    rateKinds.flatMap((kind) => {
      const found = ofModel.filter((row) => row.section === section && row.kind === kind);
      const called = found.filter(({ mantle }) => !mantle);
      const amounts = (called.length > 0 ? called : found).map(({ usdPerMillion }) => usdPerMillion);
      return amounts.length > 0 ? [[kind, Math.max(...amounts)] as const] : [];
    });
  return new Map(
    rateSections.flatMap((section) => {
      const found = rates(section);
      return found.length > 0 ? [[section, Object.fromEntries(found)] as const] : [];
    }),
  );
}

/** A price with the list's rates in place of its present ones; `undefined` if neither has the rates of input and output. */
function withListed(
  own: Price | undefined,
  listed: ListedRates,
  definition: ModelDefinition,
): Price | undefined {
  const section = (name: RateSection): Rates | undefined => {
    const known = own && ratesIn(own, name);
    // Vectors have no output.
    const output = known?.output ?? (definition.upstream === 'embed' ? 0 : undefined);
    const {
      input = known?.input,
      output: answer = output,
      cacheRead = known?.cacheRead,
      cacheWrite = known?.cacheWrite,
      cacheWrite1h = known?.cacheWrite1h,
    } = listed.get(name) ?? {};
    if (input === undefined || answer === undefined) return undefined;
    return {
      ...{ input, output: answer },
      ...(cacheRead !== undefined && { cacheRead }),
      ...(cacheWrite !== undefined && { cacheWrite }),
      ...(cacheWrite1h !== undefined && { cacheWrite1h }),
    };
  };
  const standard = section('standard');
  if (!standard) return undefined;
  const long = own?.longContext && section('longContext');
  const served = definition.upstream === 'converse' ? (definition.serviceTiers ?? []) : [];
  const tiers = serviceTiers
    .filter((tier) => served.includes(tier))
    .flatMap((tier) => {
      const rates = section(tier);
      return rates ? [[tier, rates] as const] : [];
    });
  return {
    ...standard,
    ...(own?.longContext && long && { longContext: { ...long, above: own.longContext.above } }),
    ...(tiers.length > 0 && { tiers: Object.fromEntries(tiers) }),
  };
}
