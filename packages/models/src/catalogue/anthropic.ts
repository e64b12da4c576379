import type { ModelDefinition, PlainCapability, ToolChoiceKind } from '../model.ts';
import type { CachePoints, PromptCache } from '../prompt-cache.ts';
import type { Effort, Reasoning } from '../reasoning.ts';
import { claudePrices } from './claude-prices.ts';
import * as regions from './regions.ts';
import { card } from './sources.ts';
import { shortTemplate } from './templates.ts';

/**
 * They refuse temperature and topP in one request.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
const oneSampler: PlainCapability[] = [
  ...(['system', 'history', 'stop', 'temperature', 'topP', 'images', 'documents', 'stream'] as const),
];

/**
 * They refuse temperature and topP altogether ("deprecated for this model"), and their cards exclude structured
 * outputs. They think before they answer, and `maxTokens` counts that too.
 */
const noSampler: PlainCapability[] = ['system', 'history', 'stop', 'images', 'documents', 'stream'];

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html */
const anyChoice: ToolChoiceKind[] = ['auto', 'required', 'named'];

/** A model that always thinks cannot be forced to call a tool. */
const ownChoice: ToolChoiceKind[] = ['auto'];

/** According to the cards of the newer ones, CountTokens supports them only on another endpoint. */
const claude = {
  upstream: 'converse',
  templateTokens: shortTemplate,
  messagesApi: true,
  toolChoices: anyChoice,
  lifecycle: { status: 'active' },
} as const satisfies Partial<ModelDefinition>;

/** Signed thoughts are sent back unmodified. While they think, all refuse a forced tool and other sampling. */
const thinking = {
  history: true,
  excludes: ['forcedTools', 'temperature', 'topP'],
} as const satisfies Partial<Reasoning>;

const adaptive = (efforts: readonly Effort[], unasked: Effort): Reasoning => ({
  form: 'claude-adaptive',
  efforts,
  default: unasked,
  ...thinking,
});

const upToHigh: Effort[] = ['low', 'medium', 'high'];
const upToMax: Effort[] = [...upToHigh, 'xhigh', 'max'];

/** According to their cards, they also cache by themselves. */
const cache = (minimumTokens: number): PromptCache => ({
  implicit: true,
  points: {
    ttls: ['5m', '1h'],
    minimumTokens,
    most: 4,
    parts: ['tools', 'system', 'messages'],
  } satisfies CachePoints,
});

/**
 * The most tokens of an image, whatever its size.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/vision
 */
const imageTokens = { upToSonnet46: 1568, fromSonnet5: 4784 };

const haiku45 = {
  onDemandRegions: [],
  // India's profile is left out, because structured outputs do not work through it.
  inferenceProfiles: {
    us: { ...regions.usFromFour, 'ca-central-1': ['ca-central-1', ...regions.us] },
    eu: regions.europeFromEight,
    au: regions.australiaAndNewZealand,
    jp: regions.japan,
    global: regions.worldwideFromMore,
  },
};

const haiku55 = {
  onDemandRegions: [],
  inferenceProfiles: {
    us: regions.usAndCanada,
    eu: regions.europeFromEight,
    au: regions.australia,
    jp: regions.japan,
    global: regions.worldwideFromMore,
  },
};

const sonnet46 = {
  onDemandRegions: ['eu-west-2'],
  inferenceProfiles: {
    us: regions.usAndCanada,
    eu: regions.europeFromEight,
    au: regions.australiaAndNewZealand,
    jp: regions.japan,
    global: regions.worldwideFromMore,
  },
};

const sonnet5 = {
  onDemandRegions: ['eu-west-2', 'ap-northeast-2', 'ap-southeast-1'],
  inferenceProfiles: {
    us: regions.usAndCanada,
    eu: regions.europeFromEight,
    au: regions.australia,
    in: regions.india,
    global: regions.worldwideFromMore,
  },
};

const sonnet55 = {
  onDemandRegions: [],
  inferenceProfiles: {
    us: regions.usAndCanada,
    eu: regions.europeFromEight,
    global: regions.worldwideFromMore,
  },
};

const opus5 = {
  onDemandRegions: [],
  inferenceProfiles: {
    us: regions.usAndCanada,
    eu: regions.europeFromEight,
    au: regions.australia,
    global: regions.worldwideFromMore,
  },
};

const opus55 = {
  onDemandRegions: ['eu-west-2'],
  inferenceProfiles: {
    us: regions.usAndCanada,
    eu: regions.europeFromEight,
    au: regions.australia,
    jp: regions.japan,
    global: regions.worldwideFromMore,
  },
};

const fable51 = {
  onDemandRegions: [],
  inferenceProfiles: { us: regions.usAndCanada, global: regions.worldwideFromMore },
};

export const anthropic = {
  'claude-haiku-4.5': {
    ...claude,
    ...haiku45,
    modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    capabilities: oneSampler,
    structuredOutput: 'native',
    reasoning: { form: 'claude-budget', efforts: ['off', ...upToHigh], default: 'off', ...thinking },
    cache: cache(4096),
    countTokens: true,
    contextTokens: 200_000,
    imageTokens: imageTokens.upToSonnet46,
    maxOutputTokens: 64_000,
    price: claudePrices(haiku45, { input: 1, output: 5, cacheRead: 0.1 }),
    source: card('anthropic-claude-haiku-4-5'),
  },
  'claude-haiku-5.5': {
    ...claude,
    ...haiku55,
    modelId: 'anthropic.claude-haiku-5-5',
    capabilities: noSampler,
    reasoning: adaptive(['off', ...upToMax], 'medium'),
    cache: cache(512),
    contextTokens: 1_000_000,
    imageTokens: imageTokens.fromSonnet5,
    maxOutputTokens: 128_000,
    price: claudePrices(
      haiku55,
      { input: 0.1, output: 0.5, cacheRead: 0.01 },
      { above: 100_000, input: 0.5, output: 2.5, cacheRead: 0.05 },
    ),
    source: { ...card('anthropic-claude-haiku-5-5'), date: '2026-10-08' },
  },
  'claude-sonnet-4.6': {
    ...claude,
    ...sonnet46,
    modelId: 'anthropic.claude-sonnet-4-6',
    capabilities: oneSampler,
    structuredOutput: 'native',
    reasoning: adaptive(['off', ...upToHigh, 'max'], 'off'),
    cache: cache(1024),
    countTokens: true,
    contextTokens: 1_000_000,
    imageTokens: imageTokens.upToSonnet46,
    maxOutputTokens: 64_000,
    price: claudePrices(sonnet46, { input: 3, output: 15, cacheRead: 0.3 }),
    source: card('anthropic-claude-sonnet-4-6'),
  },
  'claude-sonnet-5': {
    ...claude,
    ...sonnet5,
    modelId: 'anthropic.claude-sonnet-5',
    capabilities: noSampler,
    reasoning: adaptive(['off', ...upToHigh], 'high'),
    cache: cache(1024),
    contextTokens: 1_000_000,
    imageTokens: imageTokens.fromSonnet5,
    maxOutputTokens: 128_000,
    price: claudePrices(sonnet5, { input: 2, output: 10, cacheRead: 0.2 }),
    source: card('anthropic-claude-sonnet-5'),
  },
  'claude-sonnet-5.5': {
    ...claude,
    ...sonnet55,
    modelId: 'anthropic.claude-sonnet-5-5',
    capabilities: noSampler,
    // Its card does not say that thinking can be switched off.
    toolChoices: ownChoice,
    reasoning: adaptive(upToMax, 'high'),
    cache: cache(512),
    contextTokens: 1_000_000,
    imageTokens: imageTokens.fromSonnet5,
    maxOutputTokens: 128_000,
    // The price of reading a cache is from AWS's Price List of 2026-09-30. Another source has 0.1, but AWS bills.
    price: claudePrices(sonnet55, { input: 2, output: 10, cacheRead: 0.2 }),
    source: card('anthropic-claude-sonnet-5-5'),
  },
  'claude-opus-5': {
    ...claude,
    ...opus5,
    modelId: 'anthropic.claude-opus-5',
    capabilities: noSampler,
    reasoning: adaptive(['off', ...upToMax], 'high'),
    cache: cache(512),
    contextTokens: 1_000_000,
    imageTokens: imageTokens.fromSonnet5,
    maxOutputTokens: 128_000,
    price: claudePrices(opus5, { input: 5, output: 25, cacheRead: 0.5 }),
    source: card('anthropic-claude-opus-5'),
  },
  'claude-opus-5.5': {
    ...claude,
    ...opus55,
    modelId: 'anthropic.claude-opus-5-5',
    capabilities: noSampler,
    toolChoices: ownChoice,
    reasoning: adaptive(upToMax, 'medium'),
    cache: cache(512),
    contextTokens: 1_000_000,
    imageTokens: imageTokens.fromSonnet5,
    maxOutputTokens: 128_000,
    price: claudePrices(opus55, { input: 4, output: 20, cacheRead: 0.2 }),
    source: card('anthropic-claude-opus-5-5'),
  },
  // Through its data retention mode, an account has to let AWS review its prompts.
  'claude-fable-5.1': {
    ...claude,
    ...fable51,
    modelId: 'anthropic.claude-fable-5-1',
    capabilities: noSampler,
    toolChoices: ownChoice,
    reasoning: adaptive(upToMax, 'high'),
    cache: cache(512),
    contextTokens: 1_000_000,
    imageTokens: imageTokens.fromSonnet5,
    maxOutputTokens: 128_000,
    price: claudePrices(fable51, { input: 10, output: 50, cacheRead: 0.25 }),
    source: card('anthropic-claude-fable-5-1'),
  },
} satisfies Record<string, ModelDefinition>;
