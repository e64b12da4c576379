import type { ModelDefinition } from '../model.ts';
import * as regions from './regions.ts';
import { card, usEast1 } from './sources.ts';

/**
 * Bedrock refuses `outputConfig` for Nova, and lets it be made to call a tool.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html
 */
const nova = {
  upstream: 'converse',
  capabilities: ['system', 'history', 'stop', 'temperature', 'topP', 'temperatureWithTopP', 'stream'],
  structuredOutput: 'tool',
  lifecycle: { status: 'active' },
} as const satisfies Partial<ModelDefinition>;

/** The cards say 5K; live checks by others found 10,000. The documented figure is the safe one. */
const maxOutputTokens = 5000;

export const amazon = {
  'nova-micro': {
    ...nova,
    modelId: 'amazon.nova-micro-v1:0',
    onDemandRegions: ['us-east-1', 'eu-west-2', 'ap-southeast-2', 'us-gov-west-1'],
    inferenceProfiles: {
      us: regions.usFromThree,
      eu: regions.europeOfNova,
      apac: regions.asiaPacificOfNova,
    },
    contextTokens: 128 * 1024,
    maxOutputTokens,
    price: { input: 0.035, output: 0.14, cacheRead: 0.00875, ...usEast1 },
    source: card('amazon-nova-micro'),
  },
  'nova-lite': {
    ...nova,
    modelId: 'amazon.nova-lite-v1:0',
    // The card also ticks us-east-2 and us-west-2, which other pages do not; their profile works for certain.
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
    price: { input: 0.06, output: 0.24, cacheRead: 0.015, ...usEast1 },
    source: card('amazon-nova-lite'),
  },
  'nova-pro': {
    ...nova,
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
    price: { input: 0.8, output: 3.2, cacheRead: 0.2, ...usEast1 },
    source: card('amazon-nova-pro'),
  },
  'nova-2-lite': {
    ...nova,
    modelId: 'amazon.nova-2-lite-v1:0',
    onDemandRegions: [],
    inferenceProfiles: {
      us: regions.usAndCanada,
      eu: regions.europeFromSix,
      jp: regions.japanFromTokyo,
      global: regions.worldwide,
    },
    contextTokens: 1024 * 1024,
    maxOutputTokens: 64_000,
    price: { input: 0.33, output: 2.75, ...usEast1 },
    source: card('amazon-nova-2-lite'),
  },
} satisfies Record<string, ModelDefinition>;
