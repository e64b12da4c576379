import type { ModelDefinition, ModelPrice, PlainCapability } from '../model.ts';
import { priceList, withCacheRead, withTiers } from './price-list.ts';
import * as regions from './regions.ts';
import { card, liteLlm } from './sources.ts';
import { shortTemplate } from './templates.ts';

/**
 * Bedrock refuses `outputConfig` for Nova, but accepts a forced tool.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html
 */
const nova = {
  upstream: 'converse',
  templateTokens: shortTemplate,
  structuredOutput: 'tool',
  toolChoices: ['auto', 'required', 'named'],
  cache: {
    implicit: true,
    points: {
      ttls: ['5m'],
      minimumTokens: 1024,
      maximumTokens: 20_000,
      most: 4,
      parts: ['system', 'messages'],
    },
  },
  lifecycle: { status: 'active' },
} as const satisfies Partial<ModelDefinition>;

const text: PlainCapability[] = [
  ...(['system', 'history', 'stop', 'temperature', 'topP', 'temperatureWithTopP', 'stream'] as const),
];

/**
 * No maximum of tokens is documented for an image: its size is rescaled. So a hold takes as many as fit.
 *
 * @see https://docs.aws.amazon.com/nova/latest/userguide/modalities-image.html
 */
const multimodal: PlainCapability[] = [...text, 'images', 'documents'];

/** The page that also has the price of reading a cache: a quarter of input. */
const withCache = (region: string, input: number, output: number): ModelPrice => ({
  input,
  output,
  cacheRead: input / 4,
  regions: [region],
  ...liteLlm,
});

/** The cards say 5K; others found 10,000 in live checks. The documented figure is the safe one. */
const maxOutputTokens = 5000;

export const amazon = {
  'nova-micro': {
    ...nova,
    capabilities: text,
    modelId: 'amazon.nova-micro-v1:0',
    onDemandRegions: ['us-east-1', 'eu-west-2', 'ap-southeast-2', 'us-gov-west-1'],
    inferenceProfiles: {
      us: regions.usFromThree,
      eu: regions.europeOfNova,
      apac: regions.asiaPacificOfNova,
    },
    contextTokens: 128 * 1024,
    maxOutputTokens,
    price: [
      withCache('us-east-1', 0.035, 0.14),
      withCache('us-gov-west-1', 0.042, 0.168),
      ...priceList['nova-micro'].map(withCacheRead),
    ],
    source: card('amazon-nova-micro'),
  },
  'nova-lite': {
    ...nova,
    capabilities: multimodal,
    modelId: 'amazon.nova-lite-v1:0',
    // The card also ticks us-east-2 and us-west-2, unlike other pages; there, only the profile is certain to work.
    onDemandRegions: [
      ...['us-east-1', 'us-gov-west-1', 'eu-north-1', 'eu-west-2', 'me-central-1'],
      ...['ap-northeast-1', 'ap-southeast-2', 'ap-southeast-3'],
    ],
    inferenceProfiles: {
      us: regions.usFromFour,
      ca: regions.canada,
      eu: regions.europeOfNova,
      apac: regions.asiaPacificOfNovaFromMelbourne,
    },
    contextTokens: 300 * 1024,
    maxOutputTokens,
    price: [
      withCache('us-east-1', 0.06, 0.24),
      withCache('us-gov-west-1', 0.072, 0.288),
      ...priceList['nova-lite'].map(withCacheRead),
    ],
    source: card('amazon-nova-lite'),
  },
  'nova-pro': {
    ...nova,
    capabilities: multimodal,
    serviceTiers: ['priority', 'flex'],
    modelId: 'amazon.nova-pro-v1:0',
    onDemandRegions: [
      ...['us-east-1', 'us-gov-west-1', 'eu-west-2', 'me-central-1', 'ap-southeast-2', 'ap-southeast-3'],
    ],
    inferenceProfiles: {
      us: regions.usFromFour,
      eu: regions.europeOfNova,
      apac: regions.asiaPacificOfNovaFromMelbourne,
    },
    contextTokens: 300 * 1024,
    maxOutputTokens,
    price: [
      withCache('us-east-1', 0.8, 3.2),
      withCache('us-gov-west-1', 0.96, 3.84),
      ...priceList['nova-pro'].map(withCacheRead),
    ].map(withTiers),
    source: card('amazon-nova-pro'),
  },
  'nova-2-lite': {
    ...nova,
    capabilities: multimodal,
    serviceTiers: ['priority', 'flex'],
    modelId: 'amazon.nova-2-lite-v1:0',
    onDemandRegions: [],
    inferenceProfiles: {
      us: regions.usAndCanada,
      eu: regions.europeFromSix,
      jp: regions.japanFromTokyo,
      global: regions.worldwide,
    },
    // At `high` it takes no maximum for its answer, so its worst case could not be held.
    reasoning: {
      form: 'nova',
      efforts: ['off', 'low', 'medium'],
      default: 'off',
      history: false,
      excludes: [],
    },
    contextTokens: 1024 * 1024,
    maxOutputTokens: 64_000,
    // The global profile serves the Regions without a profile of their geography.
    price: [...priceList['nova-2-lite'].map(withCacheRead), ...priceList['nova-2-lite through global']].map(
      withTiers,
    ),
    source: card('amazon-nova-2-lite'),
  },
  'titan-embed-v2': {
    upstream: 'embed',
    format: 'titan-embed',
    modelId: 'amazon.titan-embed-text-v2:0',
    // The Regions in which the price list has it.
    onDemandRegions: [
      ...[...regions.us, 'us-west-1', 'ca-central-1', 'sa-east-1'],
      ...['eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2'],
      ...['eu-west-1', 'eu-west-2', 'eu-west-3'],
      ...['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2'],
      ...['ap-southeast-1', 'ap-southeast-2'],
    ],
    dimensions: [1024, 512, 256],
    contextTokens: 8192,
    maxOutputTokens: 0,
    lifecycle: { status: 'active' },
    price: priceList['titan-embed-v2'],
    source: {
      url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/titan-embedding-models.html',
      date: '2026-10-01',
    },
  },
} satisfies Record<string, ModelDefinition>;
