import type { ModelDefinition, PlainCapability } from '../model.ts';
import { priceList, withTiers } from './price-list.ts';
import * as regions from './regions.ts';
import { card, onCard } from './sources.ts';
import { shortTemplate, templateWithPrompt } from './templates.ts';

/** Bedrock refuses stop sequences for gpt-oss, DeepSeek and Qwen; nothing is known about the others that lack them. */
const withoutStop: PlainCapability[] = [
  'system',
  'history',
  'temperature',
  'topP',
  'temperatureWithTopP',
  'stream',
];

/**
 * For most, their cards confirm tool calls only on another endpoint; for this one,
 * [models.dev](https://github.com/anomalyco/models.dev) (2026-07-01) does. No source says that they can be forced to
 * call a tool.
 */
const openWeight = {
  upstream: 'converse',
  templateTokens: shortTemplate,
  toolChoices: ['auto'],
  serviceTiers: ['priority', 'flex'],
  structuredOutput: 'native',
  lifecycle: { status: 'active' },
} as const satisfies Partial<ModelDefinition>;

/** Its thoughts are not signed. They must not be sent back, or they leak into the answer. */
const gptOss = {
  ...openWeight,
  onDemandRegions: [...regions.openWeight, 'us-gov-west-1'],
  inferenceProfiles: { 'us-gov': regions.govCloud },
  capabilities: withoutStop,
  reasoning: {
    form: 'gpt-oss',
    efforts: ['low', 'medium', 'high'],
    default: 'medium',
    history: false,
    excludes: [],
  },
  contextTokens: 128 * 1024,
  maxOutputTokens: 16_000,
} as const satisfies Partial<ModelDefinition>;

const mistral = {
  ...openWeight,
  templateTokens: templateWithPrompt,
  capabilities: [
    ...(['system', 'history', 'stop', 'temperature', 'topP', 'temperatureWithTopP'] as const),
    ...(['images', 'stream'] as const),
  ],
} satisfies Partial<ModelDefinition>;

const qwen = { ...openWeight, capabilities: withoutStop, maxOutputTokens: 8192 };

/** The Regions in which newer ones run on demand. */
const newer = [
  ...[...regions.us, 'eu-south-1', 'eu-west-1', 'eu-west-2'],
  ...['ap-northeast-1', 'ap-south-1', 'ap-southeast-2', 'sa-east-1'],
];

/** Models with public weights. All except the newest are called in the Region itself. */
export const openWeights = {
  'gpt-oss-20b': {
    ...gptOss,
    modelId: 'openai.gpt-oss-20b-1:0',
    price: priceList['gpt-oss-20b'].map(withTiers),
    source: card('openai-gpt-oss-20b'),
  },
  'gpt-oss-120b': {
    ...gptOss,
    modelId: 'openai.gpt-oss-120b-1:0',
    price: priceList['gpt-oss-120b'].map(withTiers),
    source: card('openai-gpt-oss-120b'),
  },
  'mistral-large-3': {
    ...mistral,
    modelId: 'mistral.mistral-large-3-675b-instruct',
    onDemandRegions: [...regions.us, 'ap-northeast-1', 'ap-south-1', 'ap-southeast-2', 'sa-east-1'],
    cache: { implicit: true },
    contextTokens: 256 * 1024,
    maxOutputTokens: 32_000,
    price: priceList['mistral-large-3'].map(withTiers),
    source: card('mistral-ai-mistral-large-3'),
  },
  'ministral-8b': {
    ...mistral,
    modelId: 'mistral.ministral-3-8b-instruct',
    onDemandRegions: newer,
    contextTokens: 128 * 1024,
    maxOutputTokens: 8192,
    price: priceList['ministral-8b'].map(withTiers),
    source: card('mistral-ai-ministral-3-8b'),
  },
  'deepseek-v3.2': {
    ...openWeight,
    modelId: 'deepseek.v3.2',
    onDemandRegions: [
      ...[...regions.us, 'eu-north-1', 'eu-west-2', 'sa-east-1'],
      ...['ap-northeast-1', 'ap-south-1', 'ap-southeast-2', 'ap-southeast-3'],
    ],
    capabilities: withoutStop,
    // The card rounds it up to 164K.
    contextTokens: 160 * 1024,
    maxOutputTokens: 8192,
    price: priceList['deepseek-v3.2'].map(withTiers),
    source: card('deepseek-deepseek-v3-2'),
  },
  'qwen3-32b': {
    ...qwen,
    modelId: 'qwen.qwen3-32b-v1:0',
    onDemandRegions: regions.openWeight,
    contextTokens: 32 * 1024,
    price: priceList['qwen3-32b'].map(withTiers),
    source: card('qwen-qwen3-32b'),
  },
  'qwen3-235b': {
    ...qwen,
    modelId: 'qwen.qwen3-235b-a22b-2507-v1:0',
    onDemandRegions: regions.openWeight,
    contextTokens: 256 * 1024,
    price: priceList['qwen3-235b'].map(withTiers),
    source: card('qwen-qwen3-235b-a22b-2507'),
  },
  'qwen3-next-80b': {
    ...qwen,
    modelId: 'qwen.qwen3-next-80b-a3b',
    onDemandRegions: newer,
    contextTokens: 256 * 1024,
    price: priceList['qwen3-next-80b'].map(withTiers),
    source: card('qwen-qwen3-next-80b-a3b'),
  },
  'qwen3-vl-235b': {
    ...qwen,
    modelId: 'qwen.qwen3-vl-235b-a22b',
    onDemandRegions: newer,
    capabilities: [...withoutStop, 'images'],
    // Unlike the others.
    structuredOutput: undefined,
    contextTokens: 256 * 1024,
    price: priceList['qwen3-vl-235b'].map(withTiers),
    source: card('qwen-qwen3-vl-235b-a22b'),
  },
  'kimi-k2.5': {
    ...openWeight,
    modelId: 'moonshotai.kimi-k2.5',
    onDemandRegions: [
      ...[...regions.us, 'eu-north-1', 'eu-west-2', 'sa-east-1', 'ap-northeast-1', 'ap-south-1'],
      ...['ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4'],
    ],
    capabilities: [...withoutStop, 'images'],
    contextTokens: 256 * 1024,
    maxOutputTokens: 16_000,
    price: priceList['kimi-k2.5'].map(withTiers),
    source: card('moonshot-ai-kimi-k2-5'),
  },
  // Through Converse it fails on its own thoughts in the history, and refuses documents. Its own card confirms tool
  // calls.
  'kimi-k3': {
    ...openWeight,
    modelId: 'moonshotai.kimi-k3',
    onDemandRegions: [],
    inferenceProfiles: {
      us: { ...regions.usFromFour, 'ca-central-1': [...regions.us, 'ca-central-1'] },
      global: regions.worldwideBut('mx-central-1'),
    },
    // Its sampling is not documented.
    capabilities: ['system', 'history', 'images', 'stream'],
    cache: { implicit: true },
    // The model has both, but Converse does not serve them.
    serviceTiers: undefined,
    contextTokens: 1024 * 1024,
    // Neither its card nor other sources (2026-11-29) name a maximum, so this is Kimi K2.5's.
    maxOutputTokens: 16_000,
    // A cache keeps the prompt for 30 minutes.
    price: [
      {
        ...{ input: 3.3, output: 16.5, cacheRead: 0.33, cacheWrite: 4.125 },
        regions: [...regions.us, 'us-west-1', 'ca-central-1'],
        ...onCard('moonshot-ai-kimi-k3'),
      },
      {
        ...{ input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
        regions: Object.keys(
          regions.worldwideBut('mx-central-1', ...regions.us, 'us-west-1', 'ca-central-1'),
        ),
        ...onCard('moonshot-ai-kimi-k3'),
      },
    ],
    source: card('moonshot-ai-kimi-k3'),
  },
  'nemotron-3-super': {
    ...openWeight,
    modelId: 'nvidia.nemotron-super-3-120b',
    onDemandRegions: [
      ...[...regions.us, 'us-gov-west-1', 'eu-south-1', 'eu-west-1', 'eu-west-2', 'sa-east-1'],
      ...['ap-northeast-1', 'ap-southeast-2', 'ap-southeast-4'],
    ],
    inferenceProfiles: { 'us-gov': regions.govCloud },
    capabilities: withoutStop,
    contextTokens: 256 * 1024,
    maxOutputTokens: 32_000,
    price: priceList['nemotron-3-super'].map(withTiers),
    source: card('nvidia-nemotron-super-3-120b'),
  },
} satisfies Record<string, ModelDefinition>;
