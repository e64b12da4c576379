import type { ModelDefinition, ModelPrice } from '../model.ts';
import type { Rates } from '../price.ts';
import type { ProfileSources } from './regions.ts';

/** A Claude's rates for a million tokens through its global profile; the rates of cache writes follow from input. */
type GlobalRates = Readonly<Record<'input' | 'output' | 'cacheRead', number>>;

/** Removes the noise of binary fractions. */
const usd = (amount: number) => Number(amount.toFixed(6));

const read = { date: '2026-10-08', source: 'https://platform.claude.com/docs/en/about-claude/pricing' };

/** A write to a cache costs a quarter more than input, and for an hour twice as much. */
function rates({ input, output, cacheRead }: GlobalRates, factor: number): Rates {
  return {
    input: usd(input * factor),
    output: usd(output * factor),
    cacheRead: usd(cacheRead * factor),
    cacheWrite: usd(input * factor * 1.25),
    cacheWrite1h: usd(input * factor * 2),
  };
}

/**
 * In the Region itself and through its geography's profile, a Claude costs a tenth more than through its global
 * profile. AWS's Price List of 2026-08-20 had no other price in any commercial Region.
 *
 * @see https://platform.claude.com/docs/en/about-claude/pricing
 */
export function claudePrices(
  {
    onDemandRegions = [],
    inferenceProfiles = {},
  }: Pick<ModelDefinition, 'onDemandRegions' | 'inferenceProfiles'>,
  standard: GlobalRates,
  long?: GlobalRates & { readonly above: number },
): readonly ModelPrice[] {
  const { global: worldwide = {}, ...geographic } = inferenceProfiles;
  const sourcesOf = (profile: ProfileSources) => Object.keys(profile);
  const near = [...onDemandRegions, ...Object.values(geographic).flatMap(sourcesOf)];
  const price = (factor: number, regions: readonly string[]): ModelPrice => ({
    ...rates(standard, factor),
    ...(long && { longContext: { ...rates(long, factor), above: long.above } }),
    regions,
    ...read,
  });
  return [
    price(1.1, [...new Set(near)]),
    price(
      1,
      sourcesOf(worldwide).filter((region) => !near.includes(region)),
    ),
  ];
}
