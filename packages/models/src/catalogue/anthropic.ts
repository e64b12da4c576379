import type { Capability, ModelDefinition } from '../model.ts';
import * as regions from './regions.ts';
import { card } from './sources.ts';

/**
 * They refuse temperature and topP in one request.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
const oneSampler: Capability[] = ['system', 'history', 'stop', 'temperature', 'topP', 'stream'];

/**
 * They refuse temperature and topP altogether ("deprecated for this model"), and their cards exclude structured
 * outputs. They think before they answer, and `maxTokens` counts that too.
 */
const noSampler: Capability[] = ['system', 'history', 'stop', 'stream'];

const claude = {
  upstream: 'converse',
  messagesApi: true,
  lifecycle: { status: 'active' },
} as const satisfies Partial<ModelDefinition>;

/**
 * The most tokens of an image, whatever its size.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/vision
 */
const imageTokens = { upToSonnet46: 1568, fromSonnet5: 4784 };

/**
 * Prices of geographic profiles: a tenth above the global ones. A write to the prompt cache is the dearer one, for an
 * hour.
 */
const geographic = { regions: ['us-east-1'], date: '2026-10-05' };

export const anthropic = {
  'claude-haiku-4.5': {
    ...claude,
    modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    onDemandRegions: [],
    // The profile of India is left out: structured outputs do not work through it.
    inferenceProfiles: {
      us: { ...regions.usFromFour, 'ca-central-1': ['ca-central-1', ...regions.us] },
      eu: regions.europeFromEight,
      au: regions.australiaAndNewZealand,
      jp: regions.japan,
      global: regions.worldwideFromMore,
    },
    capabilities: oneSampler,
    structuredOutput: 'native',
    contextTokens: 200_000,
    imageTokens: imageTokens.upToSonnet46,
    maxOutputTokens: 64_000,
    price: { input: 1.1, output: 5.5, cacheRead: 0.11, cacheWrite: 2.2, ...geographic },
    source: card('anthropic-claude-haiku-4-5'),
  },
  'claude-sonnet-4.6': {
    ...claude,
    modelId: 'anthropic.claude-sonnet-4-6',
    onDemandRegions: ['eu-west-2'],
    inferenceProfiles: {
      us: regions.usAndCanada,
      eu: regions.europeFromEight,
      au: regions.australiaAndNewZealand,
      jp: regions.japan,
      global: regions.worldwideFromMore,
    },
    capabilities: oneSampler,
    structuredOutput: 'native',
    contextTokens: 1_000_000,
    imageTokens: imageTokens.upToSonnet46,
    maxOutputTokens: 64_000,
    price: { input: 3.3, output: 16.5, cacheRead: 0.33, cacheWrite: 6.6, ...geographic },
    source: card('anthropic-claude-sonnet-4-6'),
  },
  'claude-sonnet-5': {
    ...claude,
    modelId: 'anthropic.claude-sonnet-5',
    onDemandRegions: ['eu-west-2', 'ap-northeast-2', 'ap-southeast-1'],
    inferenceProfiles: {
      us: regions.usAndCanada,
      eu: regions.europeFromEight,
      au: regions.australia,
      in: regions.india,
      global: regions.worldwideFromMore,
    },
    capabilities: noSampler,
    contextTokens: 1_000_000,
    imageTokens: imageTokens.fromSonnet5,
    maxOutputTokens: 128_000,
    price: { input: 2.2, output: 11, cacheRead: 0.22, cacheWrite: 4.4, ...geographic },
    source: card('anthropic-claude-sonnet-5'),
  },
  'claude-sonnet-5.5': {
    ...claude,
    modelId: 'anthropic.claude-sonnet-5-5',
    onDemandRegions: [],
    inferenceProfiles: {
      us: regions.usAndCanada,
      eu: regions.europeFromEight,
      global: regions.worldwideFromMore,
    },
    capabilities: noSampler,
    contextTokens: 1_000_000,
    imageTokens: imageTokens.fromSonnet5,
    maxOutputTokens: 128_000,
    price: { input: 2.2, output: 11, cacheRead: 0.11, cacheWrite: 4.4, ...geographic },
    source: card('anthropic-claude-sonnet-5-5'),
  },
  'claude-opus-5.5': {
    ...claude,
    modelId: 'anthropic.claude-opus-5-5',
    onDemandRegions: ['eu-west-2'],
    inferenceProfiles: {
      us: regions.usAndCanada,
      eu: regions.europeFromEight,
      au: regions.australia,
      jp: regions.japan,
      global: regions.worldwideFromMore,
    },
    capabilities: noSampler,
    contextTokens: 1_000_000,
    imageTokens: imageTokens.fromSonnet5,
    maxOutputTokens: 128_000,
    price: { input: 4.4, output: 22, cacheRead: 0.22, cacheWrite: 8.8, ...geographic },
    source: card('anthropic-claude-opus-5-5'),
  },
} satisfies Record<string, ModelDefinition>;
