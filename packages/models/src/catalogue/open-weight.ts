import type { Capability, ModelDefinition } from '../model.ts';
import * as regions from './regions.ts';
import { card, usEast1 } from './sources.ts';

/** Bedrock refuses stop sequences for gpt-oss, DeepSeek and Qwen. */
const withoutStop: Capability[] = [
  'system',
  'history',
  'temperature',
  'topP',
  'temperatureWithTopP',
  'stream',
];

const openWeight = {
  upstream: 'converse',
  structuredOutput: 'native',
  lifecycle: { status: 'active' },
} as const satisfies Partial<ModelDefinition>;

const gptOss = {
  ...openWeight,
  onDemandRegions: [...regions.openWeight, 'us-gov-west-1'],
  inferenceProfiles: { 'us-gov': regions.govCloud },
  capabilities: withoutStop,
  contextTokens: 128 * 1024,
  maxOutputTokens: 16_000,
};

/** Models whose weights are public, each called in the Region itself. */
export const openWeights = {
  'gpt-oss-20b': {
    ...gptOss,
    modelId: 'openai.gpt-oss-20b-1:0',
    price: { input: 0.07, output: 0.3, ...usEast1 },
    source: card('openai-gpt-oss-20b'),
  },
  'gpt-oss-120b': {
    ...gptOss,
    modelId: 'openai.gpt-oss-120b-1:0',
    price: { input: 0.15, output: 0.6, ...usEast1 },
    source: card('openai-gpt-oss-120b'),
  },
  'mistral-large-3': {
    ...openWeight,
    modelId: 'mistral.mistral-large-3-675b-instruct',
    onDemandRegions: [...regions.us, 'ap-northeast-1', 'ap-south-1', 'ap-southeast-2', 'sa-east-1'],
    capabilities: ['system', 'history', 'stop', 'temperature', 'topP', 'temperatureWithTopP', 'stream'],
    contextTokens: 256 * 1024,
    maxOutputTokens: 32_000,
    price: { input: 0.5, output: 1.5, ...usEast1 },
    source: card('mistral-ai-mistral-large-3'),
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
    price: { input: 0.62, output: 1.85, ...usEast1 },
    source: card('deepseek-deepseek-v3-2'),
  },
  'qwen3-32b': {
    ...openWeight,
    modelId: 'qwen.qwen3-32b-v1:0',
    onDemandRegions: regions.openWeight,
    capabilities: withoutStop,
    contextTokens: 32 * 1024,
    maxOutputTokens: 8192,
    price: { input: 0.15, output: 0.6, ...usEast1 },
    source: card('qwen-qwen3-32b'),
  },
} satisfies Record<string, ModelDefinition>;
