import type { RateSection, Rates, ServiceTier } from '@org/models';

/** A usage type of the Price List that meters the tokens of an on-demand call. */
export interface TokenMeter {
  /** The text before it: the name of a model, if the row has no other. */
  readonly subject: string;
  readonly kind: keyof Rates;
  readonly section: RateSection;
  /** Whether it is for calls through a global inference profile. */
  readonly global: boolean;
  /** Whether it is for Bedrock's other endpoint, which costs the same and is not called here. */
  readonly mantle: boolean;
}

const meter =
  /^(?:(?<subject>.*?)_)??(?<kind>input|output|cached_input|cache_read|cache_write(?<ttl>5m|30m|1h)?)(?:_input)?_token(?:s|_count)(?:_(?<rest>.*))?$/;

/** Meaning of each word after the tokens. Any other word makes it another product: a batch, a custom model. */
type Word = 'standard' | 'global' | 'long' | ServiceTier | '5m' | '30m' | '1h';

const words: ReadonlyMap<string, Word> = new Map([
  ...([
    ['geo', 'standard'],
    ['lctx', 'long'],
  ] as const),
  ...(['standard', 'global', 'priority', 'flex', '5m', '30m', '1h'] as const).map(
    (word) => [word, word] as const,
  ),
]);

/**
 * Reads a usage type, in any of the three ways that the Price List spells them: `USE1-NovaPro-input-tokens-flex`,
 * `USE1-MP:USE1_cache_write_tokens_1h_global_standard-Units`, `USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units`.
 *
 * @returns `undefined` for everything but tokens of an on-demand call: batches, images, reserved capacity, and
 *   unknown spellings.
 */
export function readUsageType(usageType: string): TokenMeter | undefined {
  const [, spelled = ''] = /^[A-Z0-9]+-(?:MP:[A-Z0-9]+_)?(.+?)(?:-Units)?$/.exec(usageType) ?? [];
  const text = usageType.includes('-MP:') ? spelled.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_') : spelled;
  const found = meter.exec(text.replaceAll('-', '_').toLowerCase())?.groups;
  if (!found) return undefined;
  const { subject = '', kind: spelledKind = '', ttl, rest = '' } = found;
  const said = rest
    .replace('cross_region_global', 'global')
    .replace('long_ctx', 'lctx')
    .split('_')
    .filter((word) => word !== '')
    .map((word) => words.get(word));
  const sections = said.filter((word) => word === 'long' || word === 'priority' || word === 'flex');
  // No price has a tier's rate for long input.
  if (said.includes(undefined) || sections.length > 1) return undefined;
  const [section] = sections;
  return {
    subject: text.slice(0, subject.length),
    kind: kindOf(spelledKind, ttl === '1h' || said.includes('1h')),
    section: section === 'long' ? 'longContext' : (section ?? 'standard'),
    global: said.includes('global'),
    mantle: subject.endsWith('_mantle'),
  };
}

function kindOf(spelled: string, hour: boolean): keyof Rates {
  if (spelled === 'input' || spelled === 'output') return spelled;
  if (!spelled.startsWith('cache_write')) return 'cacheRead';
  return hour ? 'cacheWrite1h' : 'cacheWrite';
}
